import type { WarehouseCapabilities } from '../contract.js'

export const sparkCapabilities = {
  servesSeveralProcesses: true,
  transactions: false,
  transactionalDdl: false,
  schemas: true,
  catalogs: false,
  comments: true,
  grants: true,
  materializedViews: false,
  readsFiles: false,
  concurrentBatches: false,
  copiesRows: false,
  // The metastore's own limit.
  maxIdentifierBytes: 128,
  copiesToParquet: false,
  identifierFolding: 'keep',
} as const satisfies WarehouseCapabilities
