import { createHash } from 'node:crypto'

/** A name that is not too long for a warehouse: of one that is, its beginning, and what tells it from others that begin so. */
export function shortName(name: string, maxBytes: number): string {
  if (Buffer.byteLength(name) <= maxBytes) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  const start = [...name]
  while (Buffer.byteLength(start.join('')) > maxBytes - hash.length - 1) start.pop()
  return `${start.join('')}_${hash}`
}
