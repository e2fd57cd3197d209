import { z } from 'zod'
import { didYouMean } from '../../base/index.js'
import type { JsonSchema } from '../contract/index.js'

/** A schema as plain data, for whoever has not the user's code: of what people write, before defaults and changes. */
export function jsonSchemaOf(schema: z.core.$ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    // Any text of a date will do, a number too: only what it means is said.
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'date') jsonSchema.format = 'date-time'
    },
  })
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
  if (unknown.length > 0) return unknown
  const problems = schemaProblems(schema, value)
  return problems.length > 0 ? problems : dateProblems(schema, value)
}

/** Of what code makes dates of. @param path of the value, such as `window.since` */
function dateProblems({ type, format, properties = {} }: JsonSchema, value: unknown, path = ''): string[] {
  if (value === undefined || value === null) return []
  if (type === undefined && format === 'date-time')
    return Number.isNaN(new Date(value as string | number).getTime()) ? [fieldText(path, noDate)] : []
  return Object.entries(properties).flatMap(([name, field]) =>
    dateProblems(field, (value as Readonly<Record<string, unknown>>)[name], path === '' ? name : `${path}.${name}`),
  )
}

const noDate = 'it is no date'
const fieldText = (field: string, text: string) => (field === '' ? text : `\`${field}\`: ${text}`)

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
  for (const issue of issues) {
    const { path } = issue
    const message = issue.code === 'invalid_type' && issue.expected === 'date' ? noDate : issue.message
    const field = path.map(String).join('.')
    const isMissing = field !== '' && valueAt(value, path) === undefined
    const text = isMissing ? `\`${field}\` is needed` : fieldText(field, message)
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
