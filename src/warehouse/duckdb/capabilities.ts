import type { WarehouseCapabilities } from '../contract.js'

export const duckDbCapabilities = {
  servesSeveralProcesses: false,
  transactions: true,
  transactionalDdl: true,
  schemas: true,
  catalogs: true,
  comments: true,
  grants: false,
  materializedViews: false,
  readsFiles: true,
  concurrentBatches: true,
  copiesRows: false,
  maxIdentifierBytes: 1024,
  copiesToParquet: true,
  identifierFolding: 'keep',
} as const satisfies WarehouseCapabilities
