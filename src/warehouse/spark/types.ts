import type { ColumnKind } from '../contract.js'

/** A type as Spark prints it, taken apart as far as values need it. */
export interface SparkType {
  readonly text: string
  readonly kind: ColumnKind
  /** Of an array; of a map, its values. */
  readonly element?: SparkType
  readonly key?: SparkType
  readonly fields?: readonly (readonly [name: string, type: SparkType])[]
}

const kinds: Readonly<Record<string, ColumnKind>> = {
  boolean: 'boolean',
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  integer: 'integer',
  bigint: 'integer',
  float: 'float',
  double: 'float',
  decimal: 'decimal',
  string: 'text',
  varchar: 'text',
  char: 'text',
  binary: 'binary',
  date: 'date',
  time: 'time',
  timestamp: 'timestamptz',
  timestamp_ltz: 'timestamptz',
  timestamp_ntz: 'timestamp',
  void: 'unknown',
  variant: 'json',
  array: 'list',
  map: 'struct',
  struct: 'struct',
}

/** `array<struct<x:decimal(3,2),y z:map<int,timestamp_ntz>>>`, as DESCRIBE prints it. */
export function sparkType(text: string): SparkType {
  const [, head = text, inner] = /^(array|map|struct)<([\s\S]*)>$/i.exec(text) ?? []
  const name = (/^[a-z_]+/i.exec(head)?.[0] ?? '').toLowerCase()
  const kind = name === 'interval' ? 'interval' : (kinds[name] ?? 'unknown')
  if (inner === undefined) return { text, kind }
  if (name === 'array') return { text, kind, element: sparkType(inner) }
  const parts = splitTop(inner)
  if (name === 'map') return { text, kind, key: sparkType(parts[0] ?? ''), element: sparkType(parts[1] ?? '') }
  return {
    text,
    kind,
    fields: parts.map((part) => {
      const colon = part.indexOf(':')
      return [part.slice(0, colon).replace(/^`([\s\S]*)`$/, '$1'), sparkType(part.slice(colon + 1))] as const
    }),
  }
}

/** At the commas that stand in no brackets. */
function splitTop(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const sign = text[i] as string
    if ('<('.includes(sign)) depth++
    else if ('>)'.includes(sign)) depth--
    else if (sign === ',' && depth === 0) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}

/** `TTypeId` of the protocol, in Spark's words; what has none here is asked for by DESCRIBE QUERY. */
export const thriftTypes: Readonly<Record<number, string>> = {
  0: 'boolean',
  1: 'tinyint',
  2: 'smallint',
  3: 'int',
  4: 'bigint',
  5: 'float',
  6: 'double',
  7: 'string',
  8: 'timestamp',
  9: 'binary',
  10: 'array',
  11: 'map',
  12: 'struct',
  15: 'decimal',
  16: 'void',
  17: 'date',
  18: 'varchar',
  19: 'char',
  20: 'interval year to month',
  21: 'interval day to second',
  22: 'timestamp',
}

/** Types of which the protocol does not say what is in them: whether a timestamp has a zone, of what an array is. */
export const isVague = (typeId: number): boolean => [8, 10, 11, 12, 14].includes(typeId)
