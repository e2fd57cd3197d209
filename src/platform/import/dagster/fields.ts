import { z } from 'zod'

/** Which fields of a type are asked for: by its name '' for a value, a text for what is asked of it as it stands, a shape for what versions differ in. */
export interface Shape {
  readonly type: string
  readonly fields: Readonly<Record<string, string | Shape>>
  /** Of a union or an interface: besides, by the type that it may be. */
  readonly on?: Readonly<Record<string, string>>
}

/** By type: the fields that this server knows. A type that it does not know is not among them. */
export type KnownFields = ReadonlyMap<string, ReadonlySet<string>>

/** All types whose fields have to be known before something is asked. */
function typesOf(shape: Shape): string[] {
  const inner = Object.values(shape.fields).filter((field) => typeof field !== 'string')
  return [shape.type, ...Object.keys(shape.on ?? {}), ...inner.flatMap(typesOf)]
}

/** The question which of them there are: the schema of Dagster grows with its versions. */
export function fieldsQuery(operation: string, shapes: readonly Shape[]): string {
  const types = [...new Set(shapes.flatMap(typesOf))].sort()
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

/** What is asked of a shape, without what this server does not know. */
export function selectionSet(shape: Shape, known: KnownFields): string {
  const names = known.get(shape.type)
  const fields = Object.entries(shape.fields).flatMap(([name, inner]) => {
    if (name !== '__typename' && !names?.has(name)) return []
    if (inner === '') return [name]
    return [`${name} { ${typeof inner === 'string' ? inner : selectionSet(inner, known)} }`]
  })
  const cases = Object.entries(shape.on ?? {}).flatMap(([type, inner]) =>
    known.has(type) ? [`... on ${type} { ${inner} }`] : [],
  )
  return [...fields, ...cases].join(' ')
}
