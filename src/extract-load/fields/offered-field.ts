import type { ColumnKind } from '../../warehouse/index.js'
import { jsonType } from '../file-formats/json-schema.js'
import { type AirbyteType, declaredType } from '../protocol/declared-types.js'

/** A field that a source has for a stream, whether it is loaded or not. Plain JSON. */
export interface OfferedField {
  readonly name: string
  /** Undefined where no value tells it. */
  readonly type?: AirbyteType | undefined
  /** A selected field that the source had, and has no more: naming it is no mistake. */
  readonly isGone?: boolean | undefined
}

/** A column of a table or file as a field, in the type that discovery tells of it. */
export function offeredColumn(column: {
  readonly name: string
  readonly kind: ColumnKind
  readonly isUnboundedNumber?: boolean | undefined
  readonly isEmpty?: boolean | undefined
}): OfferedField {
  if (column.isEmpty) return { name: column.name }
  return { name: column.name, type: declaredType(jsonType(column.isUnboundedNumber ? { kind: 'decimal' } : column)) }
}
