import type { WarehouseConnection } from '../../warehouse/index.js'

/**
 * The same connection, whose statements are ended with what they are part of: also those that wait for a lock of somebody else.
 * Transactions are begun and ended on the connection itself, where an abort must not reach them.
 */
export const cancellable = (connection: WarehouseConnection, signal: AbortSignal | undefined): WarehouseConnection => ({
  query: (sql, options) => connection.query(sql, { ...options, signal: options?.signal ?? signal }),
  ...(connection.stream
    ? {
        stream: (sql, options) => connection.stream?.(sql, { ...options, signal: options?.signal ?? signal }) as never,
      }
    : {}),
  ...(connection.appendTo
    ? { appendTo: (relation, options) => connection.appendTo?.(relation, options) as never }
    : {}),
  ...(connection.addTextFunction
    ? { addTextFunction: (name, use, options) => connection.addTextFunction?.(name, use, options) as never }
    : {}),
  ...(connection.loadFile
    ? {
        loadFile: (file, relation, options) =>
          connection.loadFile?.(file, relation, { ...options, signal: options.signal ?? signal }) as never,
      }
    : {}),
  ...(connection.writeRows
    ? {
        writeRows: (relation, rows, options) =>
          connection.writeRows?.(relation, rows, { ...options, signal: options.signal ?? signal }) as never,
      }
    : {}),
  begin: () => connection.begin(),
  commit: () => connection.commit(),
  rollback: () => connection.rollback(),
  reset: () => connection.reset(),
  close: () => connection.close(),
})
