import { z } from 'zod'
import { extractLoadErrors } from '../../errors.js'
import type { TableColumn } from '../../sync/table-shape.js'
import type { CommittedState } from '../destination.js'
import type { FileStore } from './file-store.js'

const columnSchema = z.object({
  name: z.string(),
  type: z.string(),
  kind: z.custom<TableColumn['kind']>((kind) => typeof kind === 'string'),
  isEmpty: z.boolean().optional(),
})

const tableSchema = z.object({
  /** The folder of its files. */
  table: z.string(),
  /** Without Airbyte's; none before the first load is through. */
  columns: z.array(columnSchema),
  files: z.array(z.object({ name: z.string(), rows: z.number(), bytes: z.number(), sync_id: z.number() })),
})
export type RecordedTable = z.output<typeof tableSchema>

const stateSchema = z.object({
  stream: z.string(),
  /** JSON texts, exact to the digit. */
  state: z.string().nullable(),
  mode: z.string().nullable(),
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

/** What a connection has brought to a destination without tables: which files count, and the states that go with them. */
export type SyncRecord = z.output<typeof recordSchema>

/** Names that begin so are passed over by what reads whole folders of data. */
const folder = '_millrace'

export const recordName = (connection: string) => `${folder}/${connection}.json`
export const lockName = (connection: string) => `${folder}/${connection}.lock`

/** @throws DESTINATION_RECORD_INVALID */
export async function readRecord(store: FileStore, connection: string): Promise<SyncRecord> {
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
export async function recordedStates(store: FileStore, connection: string): Promise<CommittedState[]> {
  const { states } = await readRecord(store, connection)
  return states.map(({ stream, state, updated_at: updatedAt }) => ({
    stream,
    state: state === null ? undefined : (JSON.parse(state) as unknown),
    updatedAt,
  }))
}

export const writeRecord = (store: FileStore, record: SyncRecord): Promise<void> =>
  store.writeText(recordName(record.connection), `${JSON.stringify(record, undefined, 2)}\n`)

function parseRecord(text: string, file: string): SyncRecord {
  try {
    return recordSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw extractLoadErrors.create('DESTINATION_RECORD_INVALID', {
      message: `${file} is not what Millrace wrote, or another version did: what was loaded so far cannot be told.`,
      at: { file },
      hint: 'Put the file back from a copy. Without one, remove it together with the folders of its streams; the next sync loads them from the start.',
      cause,
    })
  }
}
