import { createHash } from 'node:crypto'

/** Any that nobody else takes: what is made with it cannot meet an id of another program. */
const namespace = Buffer.from('5d1f6a3c8e0b4c729a44d7b1f0c2e693', 'hex')

export type IdKind =
  | 'organization'
  | 'workspace'
  | 'user'
  | 'source'
  | 'destination'
  | 'connection'
  | 'source_definition'
  | 'destination_definition'
  | 'catalog'

/** A UUID version 5 (RFC 9562) of project, kind and name: the same after any restart, and in a store that is made anew. */
export function idOf(project: string, kind: IdKind, name: string): string {
  const hash = createHash('sha1')
    .update(namespace)
    .update(JSON.stringify([project, kind, name]))
    .digest()
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
