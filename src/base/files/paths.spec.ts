import { expect, it } from 'vitest'
import { shownPath } from './paths.js'

it.each([
  ['/p/el/a.yaml', 'el/a.yaml'],
  ['/other/a.yaml', '/other/a.yaml'],
  ['/pp/a.yaml', '/pp/a.yaml'],
])('in /p, %s is called %s', (path, shown) => expect(shownPath('/p', path)).toBe(shown))
