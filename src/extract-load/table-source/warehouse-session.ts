import { MillraceError } from '../../base/index.js'
import type { Warehouse, WarehouseConnection } from '../../warehouse/index.js'
import { extractLoadErrors } from '../errors.js'

/** The warehouse that a source reads, signed in to. Whoever opens it ends it. */
export interface WarehouseSession<Config> {
  readonly config: Config
  readonly warehouse: Warehouse
  readonly connection: WarehouseConnection
  end(): Promise<void>
}

export type SourceCode = 'SOURCE_REFUSED' | 'SOURCE_UNREACHABLE' | 'SOURCE_CONNECTION_LOST' | 'SOURCE_QUERY_FAILED'

const codes: Readonly<Record<string, SourceCode>> = {
  WAREHOUSE_REFUSED: 'SOURCE_REFUSED',
  WAREHOUSE_UNREACHABLE: 'SOURCE_UNREACHABLE',
  WAREHOUSE_CONNECTION_LOST: 'SOURCE_CONNECTION_LOST',
  WAREHOUSE_CONFLICT: 'SOURCE_CONNECTION_LOST',
  WAREHOUSE_SQL: 'SOURCE_QUERY_FAILED',
}

/** What went wrong, in words that lead to the connection's file instead of a profile. @param hint what to do there */
export function asSourceError(thrown: unknown, hint: (code: SourceCode, error: MillraceError) => string): unknown {
  if (!(thrown instanceof MillraceError)) return thrown
  const code = codes[thrown.code]
  if (code === undefined) return thrown
  const { message, data } = thrown
  return extractLoadErrors.create(code, { message, hint: hint(code, thrown), cause: thrown, data })
}
