import { z } from 'zod'
import { extractLoadErrors } from '../../errors.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import { type CommittedState, committedState } from '../../loading/state/state-rows.js'
import type { FileStore } from './file-store.js'
import { type RecordStore, StoreConflict } from './record-store.js'

const columnSchema = z.object({
  name: z.string(),
  type: z.string(),
  kind: z.custom<TableColumn['kind']>((kind) => typeof kind === 'string'),
  isEmpty: z.boolean().optional(),
})

const tableSchema = z.object({
  /** What it is called at the destination: the folder of its files. */
  table: z.string(),
  /** Without Airbyte's; none before the first load is through. */
  columns: z.array(columnSchema),
  files: z.array(z.object({ name: z.string(), rows: z.number(), bytes: z.number(), sync_id: z.number() })),
  /** The generation that its rows were sent as, where the destination drops former ones. */
  generation: z.number().optional(),
  /** The latest time that rows of it were sent with, in milliseconds, where the destination tells by it which of two is newer. */
  last_emitted_at: z.number().optional(),
  /** The boundary rows: those with the last value of the cursor and those without one, each value as text, where nobody else can tell which were sent. */
  ties: z.array(z.record(z.string(), z.string().nullable())).optional(),
})
export type RecordedTable = z.output<typeof tableSchema>

const stateSchema = z.object({
  stream: z.string(),
  /** JSON texts, exact to the digit. */
  state: z.string().nullable(),
  mode: z.string().nullable(),
  accepted: z.string().nullable(),
  names: z.string().nullable(),
  cleared: z.string().nullable().optional(),
  generation_id: z.number(),
  sync_id: z.number(),
  updated_at: z.string(),
})
export type RecordedState = z.output<typeof stateSchema>

const recordSchema = z.object({
  version: z.literal(1),
  connection: z.string(),
  /** How often it was written: somebody else was there when it is another one than was read. */
  revision: z.number(),
  states: z.array(stateSchema),
  /** By stream. */
  tables: z.record(z.string(), tableSchema),
})

/** What a connection has brought to a destination that keeps no states: which files count, which columns there are, and the states that go with them. */
export type SyncRecord = z.output<typeof recordSchema>

/** Names that begin so are passed over by what reads whole folders of data. */
const folder = '_millrace'

export const recordName = (connection: string) => `${folder}/${connection}.json`
export const lockName = (connection: string) => `${folder}/${connection}.lock`

/** @throws DESTINATION_RECORD_INVALID */
export async function readRecord(store: RecordStore, connection: string): Promise<SyncRecord> {
  const text = await store.readText(recordName(connection))
  if (text === undefined) return { version: 1, connection, revision: 0, states: [], tables: {} }
  return parseRecord(text, `${store.place}/${recordName(connection)}`)
}

/** What the other connections have brought there. */
export async function otherRecords(store: FileStore, connection: string): Promise<SyncRecord[]> {
  const names = ((await store.list(folder)) ?? []).filter((name) => /^[A-Za-z][\w-]*\.json$/.test(name))
  const others = names.map((name) => name.slice(0, -'.json'.length)).filter((name) => name !== connection)
  return Promise.all(others.map((name) => readRecord(store, name)))
}

/** The states of a connection, for people to look at. */
export async function recordedStates(store: RecordStore, connection: string): Promise<CommittedState[]> {
  const { states } = await readRecord(store, connection)
  return states.map(committedState)
}

/** Lets the next sync take the fields of these streams as they are then. @throws DESTINATION_WRITE_FAILED while a sync writes */
export async function forgetAccepted(
  store: RecordStore,
  connection: string,
  streams: readonly string[],
): Promise<void> {
  await withRecordLock(store, connection, async () => {
    const record = await readRecord(store, connection)
    const states = record.states.map((one) => (streams.includes(one.stream) ? { ...one, accepted: null } : one))
    await writeRecord(store, { ...record, states, revision: record.revision + 1 })
  })
}

/** Holds others off the record of a connection for as long as `work` lasts. @throws DESTINATION_WRITE_FAILED where somebody has it */
export async function withRecordLock<T>(store: RecordStore, connection: string, work: () => Promise<T>): Promise<T> {
  const unlock = await store.lock(lockName(connection))
  if (!unlock) throw writtenMeanwhile(store, connection)
  try {
    return await work()
  } finally {
    await unlock()
  }
}

export const writtenMeanwhile = (store: RecordStore, connection: string) =>
  extractLoadErrors.create('DESTINATION_WRITE_FAILED', {
    message: `Another sync of the connection \`${connection}\` writes to ${store.place} at the same time.`,
    hint: 'Nothing of this one was committed; sync again. Let only one program sync a connection.',
  })

/** @throws DESTINATION_WRITE_FAILED where somebody else wrote it meanwhile, as far as the store can tell */
export async function writeRecord(store: RecordStore, record: SyncRecord): Promise<void> {
  try {
    await store.writeText(recordName(record.connection), `${JSON.stringify(record, undefined, 2)}\n`)
  } catch (error) {
    throw error instanceof StoreConflict ? writtenMeanwhile(store, record.connection) : error
  }
}

function parseRecord(text: string, file: string): SyncRecord {
  try {
    return recordSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw extractLoadErrors.create('DESTINATION_RECORD_INVALID', {
      message: `${file} is not what Millrace wrote, or another version did: what was loaded so far cannot be told.`,
      at: { file },
      hint: 'Put it back from a copy. Without one, remove it together with what its streams brought; the next sync loads them from the start.',
      cause,
    })
  }
}
