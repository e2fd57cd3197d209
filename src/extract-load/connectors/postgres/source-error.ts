import { MillraceError } from '../../../base/index.js'
import { postgresQueryError } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { PostgresConfig } from './config.js'

/** What went wrong with the server of a source, in words that lead to the connection's file. */
export function sourceError(thrown: unknown, config: PostgresConfig, sql = ''): unknown {
  const place = `${config.host}:${config.port}`
  const error = thrown instanceof MillraceError ? thrown : postgresQueryError(thrown, sql, place)
  const { message } = error
  switch (error.code) {
    case 'WAREHOUSE_UNREACHABLE':
      return extractLoadErrors.create('SOURCE_UNREACHABLE', {
        message,
        hint: 'Check that the server runs, and `host`, `port` and `ssl_mode` of the source.',
        cause: error,
      })
    case 'WAREHOUSE_REFUSED':
      return extractLoadErrors.create('SOURCE_REFUSED', {
        message,
        hint: 'Check `username`, `password` and `database` of the source.',
        cause: error,
      })
    case 'WAREHOUSE_CONNECTION_LOST':
      return extractLoadErrors.create('SOURCE_CONNECTION_LOST', {
        message,
        hint: 'Nothing of what was read is committed. Sync again when the server is back.',
        cause: error,
      })
    default:
      return error.code.startsWith('WAREHOUSE_')
        ? extractLoadErrors.create('SOURCE_QUERY_FAILED', {
            message: `PostgreSQL at ${place} says: ${message}`,
            hint: 'Nothing was committed. Mend the table or view in the source, or leave the stream out.',
            cause: error,
          })
        : error
  }
}
