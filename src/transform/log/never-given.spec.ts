import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventCatalogue } from './catalogue/index.js'
import { neverGiven } from './never-given.js'

const folder = join(import.meta.dirname, '..')
const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/catalogue|never-given|\.spec\./.test(name))
  .map((name) => readFileSync(join(folder, name), 'utf8'))

/** Ways of writing a project that are not looked for yet. */
const notYet = [
  'CustomKeyInObjectDeprecation',
  'CustomTopLevelKeyDeprecation',
  'GenericJSONSchemaValidationDeprecation',
  'MissingPlusPrefixDeprecation',
  'PackageRedirectDeprecation',
  'UnexpectedJinjaBlockDeprecation',
]

it('an event is given somewhere, or its name stands among those that never are', () => {
  const silent = Object.keys(eventCatalogue).filter((name) => !texts.some((text) => text.includes(`'${name}'`)))
  expect(silent.sort()).toEqual(notYet)
  expect(neverGiven.filter((name) => name in eventCatalogue)).toEqual([])
})
