import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ConnectionStream } from '../../contract.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import { localStore } from './local-store.js'
import { readRecord } from './record.js'
import { recordedDestination } from './recorded-destination.js'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'millrace-recorded-'))
})
afterEach(() => rm(dir, { recursive: true }))

it('what is recorded is committed, also where what does not count any more cannot be removed', async () => {
  const store = localStore(dir, 'out')
  const stream = { name: 's', schema: 'raw', table: 's' } as ConnectionStream
  const table = { table: 's', columns: [], files: [] }
  const destination = await recordedDestination('c', {
    store,
    columns: async () => [],
    countRows: () => 1,
    existing: () => ({ hasValues: async () => false, at: async () => undefined, ofKeys: async () => undefined }),
    publish: async () => ({ rows: 1, changes: [], table }),
    tidyUp: () => Promise.reject(new Error('somebody has it open')),
  })
  const warnings: string[] = []
  try {
    await destination.prepare(['raw'])
    const session = await destination.connect({})
    const request = { stream, onWarning: (message: string) => void warnings.push(message) } as unknown as LoadRequest
    const published = await session.transaction(() => session.publish(request, {} as StagingTable))
    expect(published.rows).toBe(1)
    expect(warnings).toEqual([expect.stringMatching(/the next sync does that: somebody has it open$/)])
    expect((await readRecord(store, 'c')).tables).toEqual({ s: table })
    await session.close()
  } finally {
    await destination.close()
  }
})
