import type { ColumnKind } from '../../warehouse/index.js'
import type { ColumnReader } from './column-reader.js'

/** How a column of a table is asked for and read. */
export interface ReadColumn {
  readonly name: string
  readonly kind: ColumnKind
  /** The expression that is selected. */
  readonly sql: string
  /** The same for who takes it as PostgreSQL sends it; undefined where the warehouse has it in another type. */
  readonly postgresSql?: string | undefined
  /** Numbers of any size, which come as text: what they need is known when all are there. */
  readonly isUnboundedNumber: boolean
  reader(): ColumnReader
}
