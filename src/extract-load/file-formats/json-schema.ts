import type { ColumnKind, ResultColumn } from '../../warehouse/index.js'
import type { JsonSchema } from '../contract.js'

const types: Readonly<Partial<Record<ColumnKind, JsonSchema>>> = {
  boolean: { type: ['null', 'boolean'] },
  integer: { type: ['null', 'integer'] },
  decimal: { type: ['null', 'number'] },
  float: { type: ['null', 'number'] },
  date: { type: ['null', 'string'], format: 'date' },
  time: { type: ['null', 'string'], format: 'time', airbyte_type: 'time_without_timezone' },
  timestamp: { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
  timestamptz: { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' },
  list: { type: ['null', 'array'] },
  struct: { type: ['null', 'object'] },
}

/** A column as Airbyte's JSON Schema says it. */
export function jsonType(column: Pick<ResultColumn, 'kind'>): JsonSchema {
  return types[column.kind] ?? { type: ['null', 'string'] }
}
