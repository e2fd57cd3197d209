import type { ClientBase } from 'pg'
import { expect, it } from 'vitest'
import { requireOwnSession } from './in-schema.js'

/** Two clients of a pooler: of which connection each query of the first one gets its answer; a text is an error. */
function pooled(...processes: readonly (number | string)[]) {
  const left = [...processes]
  const client = {
    query: async () => {
      const pid = left.shift()
      if (typeof pid === 'string') throw new Error(pid)
      return { rows: [{ pid }] }
    },
  }
  const other = { query: async () => ({ rows: [] }) }
  return requireOwnSession(client as unknown as ClientBase, other as unknown as ClientBase)
}

it('a pooler by session always answers from the same connection', async () => {
  await expect(pooled(7, 7, 7)).resolves.toBeUndefined()
})

it.each([
  ['takes the next free one', [7, 7, 8]],
  ['takes one after the other', [7, 8, 7]],
  ['has only one, which somebody else has in a transaction', [7, 7, 'Query read timeout']],
])('a pooler by transaction that %s is refused', async (_, processes) => {
  await expect(pooled(...processes)).rejects.toMatchObject({ code: 'METASTORE_SCHEMA_IGNORED' })
})
