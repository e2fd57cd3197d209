import { afterEach, beforeEach, expect, it } from 'vitest'
import { recordRun } from '../../../../test/support/record-run.js'
import { openDuckDb, type Warehouse } from '../../../warehouse/index.js'
import type { ConnectionStream } from '../../contract.js'
import type { DestinationSession } from '../../destinations/destination.js'
import { duckDbDestination } from '../../destinations/duckdb/index.js'
import { readState } from '../../loading/state/state-table.js'
import { declaredColumns } from '../../protocol/declared-types.js'
import type { StreamPlan } from '../plan/plan-stream.js'
import { MessageStream, type MessageStreamOptions } from './message-stream.js'

let warehouse: Warehouse
let session: DestinationSession
beforeEach(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
  const destination = await duckDbDestination(warehouse)
  await destination.prepare(['raw'])
  session = await destination.connect({})
})
afterEach(async () => {
  await session.close()
  await warehouse.close()
})

const columns = declaredColumns({ properties: { id: { type: 'integer' } } })
const stream = {
  ...{ name: 's', schema: 'raw', table: 's', syncMode: 'incremental', destinationSyncMode: 'append' },
  ...{ mappers: [], selected: [] },
} as unknown as ConnectionStream
const added: StreamPlan = { replacesTable: false, state: undefined, isFromStart: false, generationId: 1 }
const replaced: StreamPlan = { ...added, replacesTable: true, isFromStart: true }

async function opened(plan: StreamPlan): Promise<MessageStream> {
  const opening = new MessageStream(session, {
    ...{ warehouse, connectionName: 'c', stream, plan, columns, schema: undefined },
    ...{ nameOf: (name: string) => name, previous: await readState(session.tables, 'c', 's'), extractedAt: new Date() },
    limits: { destination: (work: () => Promise<unknown>) => work() },
    onWarning: () => {},
  } as unknown as MessageStreamOptions)
  await opening.start()
  return opening
}

const records = (...ids: readonly number[]) => recordRun(ids)

async function commit(one: MessageStream, onlyCheckpointed: boolean): Promise<void> {
  await one.stageBuffered()
  await one.prepare({ onlyCheckpointed })
  await one.committed(await session.transaction(() => one.publish()))
}
const ids = async () => (await session.tables.query('select id from raw.s order by id')).rows.flat()

it('what came behind the last state is not committed with it, and nothing waits afterwards', async () => {
  await commit(await opened(replaced), false)
  const one = await opened(added)
  one.add(records(1, 2))
  expect([one.hasState, one.isCommitted]).toEqual([false, false])
  one.noteState('{"n":2}')
  one.add(records(3))
  expect(one.takeCount()).toBe(3)
  expect(one.takeCount()).toBe(0)
  await commit(one, true)
  expect(await ids()).toEqual([1, 2])
  expect([one.hasState, one.isCommitted]).toEqual([false, true])
  expect(one.progress).toMatchObject({ recordsRead: 3, recordsCommitted: 2, hasPublished: true, keptProgress: false })
  expect((await readState(session.tables, 'c', 's')).state).toBe('{"n":2}')
})

it('a load that is to replace a table goes on behind the rows that a state speaks for', async () => {
  const broken = await opened(replaced)
  broken.add(records(1, 2))
  broken.noteState('{"n":2}')
  broken.add(records(3))
  await broken.stageBuffered()
  await broken.keep()
  await broken.dispose()
  expect(broken.progress).toMatchObject({ keptProgress: true, hasPublished: false })
  const { pending } = await readState(session.tables, 'c', 's')
  expect(pending).toMatchObject({ rows: 2, state: '{"n":2}' })
  const next = await opened({ ...replaced, state: pending?.state, resumes: pending })
  expect([next.hasState, next.isCommitted]).toEqual([false, false])
  next.add(records(4))
  await commit(next, false)
  expect(await ids()).toEqual([1, 2, 4])
})

it('a stream without a state has nothing to be kept for the next sync', async () => {
  const broken = await opened(replaced)
  broken.add(records(1))
  await broken.stageBuffered()
  await broken.keep()
  await broken.dispose()
  expect(broken.progress.keptProgress).toBe(false)
  expect((await warehouse.listRelations({ schemas: ['raw'] })).map(({ identifier }) => identifier)).toEqual([])
})

it('is what its source said last, with the first reason why it is incomplete; and fails also when it was finished', async () => {
  const one = await opened(added)
  one.noteIncomplete(undefined)
  one.noteIncomplete('the first')
  one.noteIncomplete('the second')
  expect(one.status).toEqual({ type: 'incomplete', cause: 'the first' })
  one.add(records(1))
  one.noteComplete()
  expect([one.status, one.isWhole]).toEqual([{ type: 'complete', records: 1 }, true])
  one.noteFinished()
  one.add(records(2))
  expect([one.isWhole, one.outcome]).toEqual([false, 'finished'])
  one.noteFailed()
  expect(one.outcome).toBe('failed')
})
