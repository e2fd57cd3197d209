import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { errorReference } from './support/error-reference.js'

it('docs/errors.md lists every error code (npm run generate brings it up to date)', () => {
  expect(readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')).toBe(errorReference())
})
