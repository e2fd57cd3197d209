import { createHash } from 'node:crypto'

const hashOf = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 8)

/** Names of columns that engines have for themselves, whatever a table says: the place of a row in DuckDB, its versions in PostgreSQL. */
const taken = /^(rowid|ctid|xmin|xmax|cmin|cmax|tableoid)$/i

/** Whether no table can have a column of this name. */
export const isImpossibleName = (name: string): boolean => name === '' || name.includes('\0') || taken.test(name)

/** A name that a column can have: of one that none can have, what is left of it, and what tells it from others. */
export const possibleName = (name: string): string =>
  isImpossibleName(name) ? `${name.replaceAll('\0', '')}_${hashOf(name)}` : name

/** A name that is not too long for a warehouse: of one that is, its beginning, and what tells it from others that begin so. */
export function shortName(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) <= maxBytes) return name
  const hash = hashOf(name)
  const start = [...name]
  while (Buffer.byteLength(start.join('')) > maxBytes - hash.length - 1) start.pop()
  return `${start.join('')}_${hash}`
}
