import { randomBytes } from 'node:crypto'

/** A clock that is behind by more was set back, and is believed. */
const mostBehindMs = 1_000
const mostCount = 0xfff

let last = { ms: 0, count: 0 }

/** A UUID version 7 (RFC 9562, with a counter of 12 bits): sorts by time of creation, also those that one process made in the same millisecond. */
export function newId(nowMs: number = Date.now()): string {
  last = next(nowMs)
  const bytes = randomBytes(16)
  bytes.writeUIntBE(last.ms, 0, 6)
  bytes.writeUInt16BE(0x7000 | last.count, 6)
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

function next(nowMs: number): typeof last {
  if (nowMs <= last.ms && last.ms - nowMs < mostBehindMs) {
    if (last.count < mostCount) return { ms: last.ms, count: last.count + 1 }
    return next(last.ms + 1)
  }
  // Not from zero: two processes that begin at the same time need not come one after the other.
  return { ms: nowMs, count: randomBytes(2).readUInt16BE() & 0x7ff }
}
