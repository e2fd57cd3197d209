import { errorCatalogue } from '../base/index.js'

/** What can go wrong with a warehouse, whatever its engine. */
export const warehouseErrors = errorCatalogue({
  WAREHOUSE_LOCKED: { kind: 'external', retryable: true, summary: 'Another process has the DuckDB file open.' },
  WAREHOUSE_OPEN_FAILED: { kind: 'external', retryable: false, summary: 'A DuckDB file could not be opened or made.' },
  WAREHOUSE_DRIVER_MISSING: {
    kind: 'user',
    retryable: false,
    summary: 'The package that talks to this kind of warehouse is not installed.',
  },
  WAREHOUSE_UNREACHABLE: { kind: 'external', retryable: true, summary: 'The server of the warehouse does not answer.' },
  WAREHOUSE_REFUSED: {
    kind: 'user',
    retryable: false,
    summary: 'The server of the warehouse answers, and refuses the login, the database or the settings.',
  },
  WAREHOUSE_CONNECTION_LOST: {
    kind: 'external',
    retryable: true,
    summary: 'The connection to the warehouse was lost while a statement ran.',
  },
  WAREHOUSE_CONFLICT: {
    kind: 'external',
    retryable: true,
    summary: 'Two transactions of the warehouse stood in each other’s way.',
  },
  WAREHOUSE_ROWS_REFUSED: {
    kind: 'external',
    retryable: false,
    summary: 'The warehouse refused rows that were to be loaded; none of that load is there.',
  },
  WAREHOUSE_QUOTA: {
    kind: 'external',
    retryable: true,
    summary: 'A quota of the warehouse is used up, and was not free again while the load waited.',
  },
  WAREHOUSE_SQL: { kind: 'user', retryable: false, summary: 'The warehouse refused or failed a statement.' },
  WAREHOUSE_MEMORY: {
    kind: 'external',
    retryable: true,
    summary: 'A load needs more memory than DuckDB is given for loads.',
  },
  WAREHOUSE_DISK_FULL: {
    kind: 'external',
    retryable: true,
    summary: 'The disk of the warehouse is full or cannot be written.',
  },
})

/** A statement as an error keeps it: as much as a person reads. */
export const shownSql = (sql: string) => (sql.length > 10_000 ? `${sql.slice(0, 10_000)}…` : sql)
