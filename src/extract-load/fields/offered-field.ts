import type { ColumnKind } from '../../warehouse/index.js'
import { jsonType } from '../file-formats/json-schema.js'
import { type AirbyteType, declaredType } from '../protocol/declared-types.js'

/** A field that a source has for a stream, whether it is loaded or not. */
export interface OfferedField {
  readonly name: string
  readonly type: AirbyteType
}

/** A column of a table or file as a field, in the type that discovery tells of it. */
export function offeredColumn(column: {
  readonly name: string
  readonly kind: ColumnKind
  readonly isUnboundedNumber?: boolean | undefined
}): OfferedField {
  return { name: column.name, type: declaredType(jsonType(column.isUnboundedNumber ? { kind: 'decimal' } : column)) }
}
