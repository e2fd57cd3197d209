import type { WarehouseCapabilities } from '../contract.js'

export const snowflakeCapabilities = {
  servesSeveralProcesses: true,
  transactions: true,
  // Each statement that makes or changes a table commits what came before it.
  transactionalDdl: false,
  schemas: true,
  catalogs: true,
  comments: true,
  grants: true,
  materializedViews: true,
  readsFiles: false,
  concurrentBatches: true,
  copiesRows: false,
  maxIdentifierBytes: 255,
  copiesToParquet: false,
  identifierFolding: 'upper',
} as const satisfies WarehouseCapabilities
