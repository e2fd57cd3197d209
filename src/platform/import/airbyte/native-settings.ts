import { isMapping } from '../../../base/index.js'
import type { JsonSchema } from '../../../extract-load/index.js'

export interface FittedSettings {
  readonly config: Readonly<Record<string, unknown>>
  /** Settings that the schema does not have, as `tunnel_method.x`. */
  readonly left: readonly string[]
}

/** What of a config a connector's own schema has. The native connectors have Airbyte's names, so that most of it moves over as it is. */
export function fitted(schema: JsonSchema, config: Readonly<Record<string, unknown>>): FittedSettings {
  const left: string[] = []
  const takeOver = (own: JsonSchema, value: unknown, path: readonly string[]): unknown => {
    if (Array.isArray(value))
      return isMapping(own.items) ? value.map((one) => takeOver(own.items as JsonSchema, one, path)) : value
    if (!isMapping(value)) return value
    const branch = branchOf(own, value)
    const properties = { ...propertiesOf(own), ...propertiesOf(branch ?? {}) }
    if (Object.keys(properties).length === 0) return value
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, one]) => {
        const inner = properties[name]
        // What is empty says nothing, and no form asks for it.
        if (one === null || one === undefined) return []
        if (isMapping(inner)) return [[name, takeOver(inner, one, [...path, name])]]
        left.push([...path, name].join('.'))
        return []
      }),
    )
  }
  return { config: takeOver(schema, config, []) as Readonly<Record<string, unknown>>, left }
}

const propertiesOf = (schema: JsonSchema): Readonly<Record<string, unknown>> =>
  isMapping(schema.properties) ? schema.properties : {}

/** Of several ways the one whose constants the value has. */
function branchOf(schema: JsonSchema, value: Readonly<Record<string, unknown>>): JsonSchema | undefined {
  const branches = [schema.oneOf, schema.anyOf].flatMap((all) => (Array.isArray(all) ? (all as JsonSchema[]) : []))
  return branches.find((branch) =>
    Object.entries(propertiesOf(branch)).every(
      ([name, property]) =>
        !isMapping(property) || !('const' in property) || same(property.const, value[name] ?? property.default),
    ),
  )
}

/** Airbyte's connectors write some words in capitals, and others did before. */
const same = (a: unknown, b: unknown) => String(a).toLowerCase() === String(b).toLowerCase()
