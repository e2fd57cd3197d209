import { createHash } from 'node:crypto'

/** An index of PostgreSQL holds no more than 2 704 bytes of a key. */
const longestBytes = 2_000
const shownCharacters = 200

/** A run key as it is kept: a long one with its first words and the hash of all of it. */
export function keptRunKey(key: string): string {
  if (Buffer.byteLength(key) <= longestBytes) return key
  return `${key.slice(0, shownCharacters)}… ${createHash('sha256').update(key).digest('hex')}`
}
