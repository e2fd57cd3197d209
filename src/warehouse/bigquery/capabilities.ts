import type { WarehouseCapabilities } from '../contract.js'

export const bigQueryCapabilities = {
  servesSeveralProcesses: true,
  // By sessions; each statement is a job of its own otherwise.
  transactions: true,
  transactionalDdl: false,
  schemas: true,
  catalogs: true,
  comments: true,
  grants: true,
  materializedViews: true,
  readsFiles: false,
  concurrentBatches: true,
  copiesRows: false,
  // Of tables; columns have 300 characters. https://cloud.google.com/bigquery/docs/tables#table_naming
  maxIdentifierBytes: 300,
  copiesToParquet: false,
  identifierFolding: 'none',
} as const satisfies WarehouseCapabilities
