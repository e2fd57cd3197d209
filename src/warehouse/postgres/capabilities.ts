import type { WarehouseCapabilities } from '../contract.js'

export const postgresCapabilities = {
  servesSeveralProcesses: true,
  transactions: true,
  transactionalDdl: true,
  schemas: true,
  catalogs: false,
  comments: true,
  grants: true,
  materializedViews: true,
  readsFiles: false,
  concurrentBatches: false,
  copiesRows: true,
  maxIdentifierBytes: 63,
  copiesToParquet: false,
  identifierFolding: 'lower',
} as const satisfies WarehouseCapabilities
