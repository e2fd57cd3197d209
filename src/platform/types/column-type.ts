/** Types of columns, however an engine calls them, and what code gets to see of such a column (see `Cell` of the warehouse). */
const types: readonly (readonly [names: string, type: string])[] = [
  ['boolean bool', 'boolean'],
  ['tinyint smallint integer int int1 int2 int4 int32 utinyint usmallint uinteger serial', 'number'],
  ['float float4 float8 float32 float64 real double', 'number'],
  // Beyond 2^53 a number would not be exact.
  ['bigint int8 int64 hugeint ubigint uhugeint bignum bigserial long', 'number | bigint'],
  ['decimal numeric number dec money', 'string'],
  ['varchar text char character string bpchar nvarchar citext name uuid json jsonb enum bit', 'string'],
  ['date time timetz timestamp timestamptz datetime timestamp_s timestamp_ms timestamp_ns interval', 'string'],
  ['blob bytea binary varbinary bytes', 'Uint8Array'],
]
const byName = new Map(types.flatMap(([names, type]) => names.split(' ').map((name) => [name, type] as const)))

/** `DECIMAL(12,2)` → `string`; undefined where nothing can be told. */
export function columnType(type: string): string | undefined {
  const text = type.trim().toLowerCase()
  if (text.endsWith(']')) {
    const of = columnType(text.slice(0, text.lastIndexOf('[')))
    return of === undefined ? 'readonly unknown[]' : `readonly (${of} | null)[]`
  }
  if (/^(?:struct|map)\b/.test(text)) return undefined
  const [name = ''] = /^[a-z_][a-z_0-9]*/.exec(text) ?? []
  return byName.get(name)
}
