import { basename } from 'node:path'

/** The name that DuckDB gives to an opened or attached file: what stands before its first dot. */
export function duckDbDatabaseName(path: string): string {
  if (path === ':memory:') return 'memory'
  return basename(path.replace(/^(?:[a-z]\w+:)+/i, ''))
    .replace(/^\.+/, '')
    .split('.')[0] as string
}
