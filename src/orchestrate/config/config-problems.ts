import { z } from 'zod'
import { didYouMean } from '../../base/index.js'
import type { JsonSchema } from '../contract/index.js'

/** A schema as plain data, for whoever has not the user's code: of what people write, before defaults and changes. */
export function jsonSchemaOf(schema: z.core.$ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return inOrder(rest as JsonSchema)
}

const inOrder = (schema: JsonSchema): JsonSchema =>
  schema.properties
    ? {
        ...schema,
        properties: Object.fromEntries(
          Object.entries(schema.properties).map(([name, one], order) => [name, { ...inOrder(one), order }]),
        ),
      }
    : schema

/** What is wrong with a value, field by field. */
export function configProblems(schema: JsonSchema, value: unknown): string[] {
  const unknown = unknownFields(schema, value)
  return unknown.length > 0 ? unknown : schemaProblems(schema, value)
}

/** A field that the schema does not have is a typing error: zod would leave it out without a word. */
export function unknownFields({ properties = {}, additionalProperties }: JsonSchema, value: unknown): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return []
  if (additionalProperties !== undefined && additionalProperties !== false) return []
  const known = Object.keys(properties)
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => [`\`${name}\` is none of its fields.`, didYouMean(name, known)].filter(Boolean).join(' '))
}

function schemaProblems(schema: JsonSchema, value: unknown): string[] {
  const rebuilt = rebuild(schema)
  if (!rebuilt) return []
  return issueTexts(z.safeParse(rebuilt, value).error?.issues ?? [], value)
}

/** Undefined for what cannot be told without the user's code: it is told there, then. */
function rebuild(schema: JsonSchema): z.core.$ZodType | undefined {
  try {
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
  } catch {
    return undefined
  }
}

/** A field may break several rules at once; the first one says enough. */
export function issueTexts(issues: readonly z.core.$ZodIssue[], value: unknown): string[] {
  const byField = new Map<string, string>()
  for (const { path, message } of issues) {
    const field = path.map(String).join('.')
    const isMissing = field !== '' && valueAt(value, path) === undefined
    const text = field === '' ? message : isMissing ? `\`${field}\` is needed` : `\`${field}\`: ${message}`
    if (!byField.has(field)) byField.set(field, text)
  }
  return [...byField.values()]
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((inside, key) => (inside as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key], value)

/** `days (integer, 7 unless given), region (eu or us, needed)` */
export function fieldsText({ properties = {}, required = [] }: JsonSchema): string {
  return Object.entries(properties)
    .sort(([, a], [, b]) => (a.order ?? 0) - (b.order ?? 0))
    .map(([name, field]) => {
      const kinds = field.enum ? field.enum.map(String).join(' or ') : [field.type ?? []].flat().join(' or ')
      const fallback =
        field.default === undefined
          ? required.includes(name) && 'needed'
          : `${JSON.stringify(field.default)} unless given`
      const facts = [kinds, fallback].filter(Boolean).join(', ')
      return facts === '' ? name : `${name} (${facts})`
    })
    .join(', ')
}
