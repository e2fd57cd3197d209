import { z } from 'zod'

/** By type: the fields that this server knows. A type that it does not know is not among them. */
export type KnownFields = ReadonlyMap<string, ReadonlySet<string>>

/** Objects of which versions of Dagster know different fields. */
const objects = z.registry<{ type: string }>()
/** Fields that only one type of a union or an interface has. */
const cases = z.registry<{ type: string }>()

/** Says which type of Dagster's an object is, so that it is asked only for what this server knows of it. */
export function ofType<S extends z.ZodObject>(type: string, schema: S): S {
  objects.add(schema, { type })
  return schema
}

/** Fields that are asked of one type only, where an answer may be of several. */
export function onType<S extends Record<string, z.ZodType>>(type: string, shape: S): S {
  const marked = Object.entries(shape).map(([name, field]) => [name, field.clone().register(cases, { type })])
  return Object.fromEntries(marked)
}

/** The object that a field holds: one, several, or perhaps none. */
function objectIn(schema: unknown): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema
  if (schema instanceof z.ZodArray) return objectIn(schema.element)
  if (schema instanceof z.ZodPipe) return objectIn(schema.in)
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return objectIn(schema.unwrap())
  return undefined
}

/** All types whose fields have to be known before something is asked. */
function typesOf(object: z.ZodObject): string[] {
  const own = objects.get(object)
  const inner = Object.values(object.shape).flatMap((field) => {
    const only = cases.get(field)
    const held = objectIn(field)
    return [...(only ? [only.type] : []), ...(held ? typesOf(held) : [])]
  })
  return [...(own ? [own.type] : []), ...inner]
}

/** The question which of them there are: the schema of Dagster grows with its versions. */
export function fieldsQuery(operation: string, schemas: readonly z.ZodObject[]): string {
  const types = [...new Set(schemas.flatMap(typesOf))].sort()
  const parts = types.map((type, i) => `  t${i}: __type(name: "${type}") { name fields { name } }`)
  return `query ${operation} {\n${parts.join('\n')}\n}`
}

export const fieldsSchema = z
  .record(
    z.string(),
    z.object({ name: z.string(), fields: z.array(z.object({ name: z.string() })).nullish() }).nullable(),
  )
  .transform(
    (answers): KnownFields =>
      new Map(
        Object.values(answers).flatMap((type) =>
          type ? [[type.name, new Set(type.fields?.map(({ name }) => name))] as const] : [],
        ),
      ),
  )

/** What is asked for an answer of this schema, without what this server does not know. */
export function selectionSet(object: z.ZodObject, known?: KnownFields): string {
  const own = objects.get(object)?.type
  const asked = new Map<string | undefined, string[]>()
  let isSure = own === undefined && !('__typename' in object.shape)
  for (const [name, field] of Object.entries(object.shape)) {
    const only = cases.get(field)?.type
    if (only !== undefined) isSure = false
    const type = only ?? own
    if (name === '__typename' || (known && type !== undefined && !known.get(type)?.has(name))) continue
    const held = objectIn(field)
    const words = held ? `${name} { ${selectionSet(held, known)} }` : name
    asked.set(only, [...(asked.get(only) ?? []), words])
  }
  const parts = [...asked].flatMap(([type, fields]) =>
    type === undefined ? fields : `... on ${type} { ${fields.join(' ')} }`,
  )
  // What every type has, so that something is asked in any case.
  return [...(isSure ? [] : ['__typename']), ...parts].join(' ')
}
