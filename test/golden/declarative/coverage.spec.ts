import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { isMapping } from '../../../src/base/index.js'
import { componentTypes } from '../../../src/extract-load/declarative/component.js'
import '../../../src/extract-load/declarative/components/all.js'
import { scenarioNames, scenariosFolder } from '../../conformance/declarative/scenario.js'

/** What Airbyte's schema defines. */
const defined = (
  JSON.parse(readFileSync(new URL('component-types.json', import.meta.url), 'utf8')) as { names: string[] }
).names

/** Parts that need no `type`: the field that holds them. */
const untyped: Readonly<Record<string, string>> = {
  CombineMode: 'mode',
  ComplexFieldType: 'field_type',
  PrimaryKey: 'primary_key',
  RequestBodyGraphQlQuery: 'query',
  SchemaNormalization: 'schema_normalization',
  TypesMap: 'types_mapping',
  ValueType: 'value_type',
}

/** Types whose name in a manifest is another one. */
const otherNames: Readonly<Record<string, string>> = {
  SessionTokenRequestApiKeyAuthenticator: 'ApiKey',
  SessionTokenRequestBearerAuthenticator: 'Bearer',
}

const withoutScenario: Readonly<Record<string, string>> = {
  Schemas: 'a place for schemas that streams refer to, as `definitions` is; nothing reads it by itself',
}
/** The CDK reads only classes in Python for these; what stands in for them here is TypeScript and has its own tests. */
const isCustom = (type: string) => type.startsWith('Custom') && type !== 'CustomPaginationStrategy'

const used = usedInScenarios()

describe('the scenarios use', () => {
  it.each([
    ['every definition of the schema', defined],
    ['every component that we know', componentTypes().map(({ type }) => type)],
  ])('%s', (_, types) => {
    const missing = types.filter((type) => !isCustom(type) && !(type in withoutScenario) && !isUsed(type))
    expect(missing).toEqual([])
  })

  it('no exception without a need', () => {
    expect(Object.keys(withoutScenario).filter(isUsed)).toEqual([])
  })
})

function isUsed(type: string): boolean {
  return used.types.has(otherNames[type] ?? type) || used.fields.has(untyped[type] ?? '')
}

function usedInScenarios() {
  const found = { types: new Set<string>(), fields: new Set<string>() }
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    if (!isMapping(value)) return
    if (typeof value.type === 'string') found.types.add(value.type)
    for (const [field, held] of Object.entries(value)) {
      found.fields.add(field)
      visit(held)
    }
  }
  for (const name of scenarioNames())
    for (const file of readdirSync(join(scenariosFolder, name)).filter((one) => one.endsWith('.yaml')))
      visit(readable(readFileSync(join(scenariosFolder, name, file), 'utf8')))
  return found
}

/** One manifest is broken on purpose. */
function readable(text: string): unknown {
  try {
    return parse(text, { merge: true })
  } catch {
    return undefined
  }
}
