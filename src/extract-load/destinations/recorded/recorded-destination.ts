import { rm } from 'node:fs/promises'
import { Semaphore } from '../../../base/index.js'
import { inTransaction, type Warehouse, type WarehouseConnection, withConnection } from '../../../warehouse/index.js'
import type { ConnectionStream } from '../../contract.js'
import type { HeldRows, LoadRequest } from '../../sync/load-request.js'
import type { StagingTable } from '../../sync/staging-table.js'
import { dumpStates, loadStates, prepareSchemas } from '../../sync/state-table.js'
import type { TableColumn } from '../../sync/table-shape.js'
import type { Destination, DestinationSession, Published } from '../destination.js'
import { openStaging } from '../staging.js'
import type { FileStore } from './file-store.js'
import {
  lockName,
  type RecordedTable,
  readRecord,
  type SyncRecord,
  withRecordLock,
  writeRecord,
  writtenMeanwhile,
} from './record.js'

/** What a destination does that keeps its states in a record. */
export interface RecordedTarget {
  readonly store: FileStore
  /** Before anything is read, where nobody else can be writing. */
  prepare?(record: SyncRecord): Promise<void>
  /** The columns that are there, Airbyte's among them; none where a stream is to be loaded from the start. */
  columns(stream: ConnectionStream, held: Held): Promise<readonly TableColumn[]>
  countRows(table: RecordedTable | undefined): number | undefined
  held(table: RecordedTable | undefined): HeldRows
  publish(load: RecordedLoad): Promise<RecordedPublished>
  /** After the record was written: what does not count any more can go. */
  tidyUp?(table: RecordedTable): Promise<void>
}

interface Held {
  readonly table: RecordedTable | undefined
  /** It was loaded before. */
  readonly hasState: boolean
}

export interface RecordedPublished extends Published {
  /** What is recorded of the stream from now on; as before where it is left out. */
  readonly table?: RecordedTable | undefined
  /** A file that is written and is to get its name. */
  readonly draft?: Draft | undefined
}

interface Draft {
  /** A path of this machine. */
  readonly path: string
  readonly name: string
}

export interface RecordedLoad {
  readonly staging: WarehouseConnection
  readonly request: LoadRequest
  readonly staged: StagingTable
  readonly table: RecordedTable | undefined
  /** Notes that a stream has a folder, before the first file is in it. */
  claim(table: RecordedTable): Promise<void>
}

/**
 * A destination without transactions. Rows are staged in a DuckDB of the sync's own, where the states are for as long as the sync lasts.
 * What counts is one small file, the record: it names the files with their states, and is replaced as a whole once the files are
 * durable. A crash before that leaves the old record with the old files; files that no record names are removed by the next sync.
 */
export async function recordedDestination(connectionName: string, target: RecordedTarget): Promise<Destination> {
  const own = await openStaging()
  return new RecordedDestination(connectionName, target, own.warehouse, async () => {
    await own.close()
    await target.store.close?.()
  })
}

class RecordedDestination implements Destination {
  readonly staging: Warehouse
  readonly maxNameBytes: number
  readonly close: () => Promise<void>
  readonly #connectionName: string
  readonly #target: RecordedTarget
  #record: SyncRecord | undefined
  /** What the transaction that is open brings. */
  #published = new Map<string, RecordedTable>()
  #drafts: Draft[] = []
  /** The record is written as a whole: by one stream after the other. */
  readonly #writing = new Semaphore(1)

  constructor(connectionName: string, target: RecordedTarget, staging: Warehouse, close: () => Promise<void>) {
    this.#connectionName = connectionName
    this.#target = target
    this.staging = staging
    // Files can be read as the tables of a DuckDB.
    this.maxNameBytes = staging.capabilities.maxIdentifierBytes
    this.close = close
  }

  async prepare(schemas: readonly string[]): Promise<void> {
    const record = await this.#openRecord()
    await prepareSchemas(this.staging, schemas)
    await withConnection(this.staging, (connection) => loadStates(connection, this.#connectionName, record.states))
    this.#record = record
  }

  /** What another sync is just writing is not what a killed one left. */
  async #openRecord(): Promise<SyncRecord> {
    const { store, prepare } = this.#target
    const unlock = store.canLock ? await store.lock(lockName(this.#connectionName)) : undefined
    try {
      const record = await readRecord(store, this.#connectionName)
      if (unlock) await prepare?.(record)
      return record
    } finally {
      await unlock?.()
    }
  }

  get #current(): SyncRecord {
    if (!this.#record) throw new Error('The destination is not prepared.')
    return this.#record
  }

  async connect(options: { readonly signal?: AbortSignal | undefined }): Promise<DestinationSession> {
    const staging = await this.staging.connect(options)
    const target = this.#target
    const tableOf = ({ name, table }: ConnectionStream) => {
      const found = this.#published.get(name) ?? this.#current.tables[name]
      // Under another name it is another table.
      return found?.table === table ? found : undefined
    }
    return {
      keepsStaging: false,
      staging,
      tables: staging,
      transaction: (work) => this.#transaction(staging, work),
      columns: (stream) =>
        target.columns(stream, {
          table: tableOf(stream),
          hasState: this.#current.states.some((state) => state.stream === stream.name && state.mode !== null),
        }),
      countRows: async (stream) => target.countRows(tableOf(stream)),
      held: (stream) => target.held(tableOf(stream)),
      publish: async (request, staged) => {
        const { stream } = request
        const { table, draft, ...published } = await target.publish({
          staging,
          request,
          staged,
          table: tableOf(stream),
          claim: (claimed) => this.#write({ tables: { ...this.#current.tables, [stream.name]: claimed } }),
        })
        if (table) this.#published.set(stream.name, table)
        if (draft) this.#drafts.push(draft)
        return published
      },
      // What is added to stays as it is, and of nothing there is nothing to clear.
      clearTruncated: async () => {},
      close: () => staging.close(),
    }
  }

  #transaction<T>(staging: WarehouseConnection, work: () => Promise<T>): Promise<T> {
    const { store } = this.#target
    return this.#writing.run(() =>
      withRecordLock(store, this.#connectionName, async () => {
        try {
          const { revision } = await readRecord(store, this.#connectionName)
          if (revision !== this.#current.revision) throw writtenMeanwhile(store, this.#connectionName)
          return await this.#commit(staging, work)
        } finally {
          for (const { path } of this.#drafts) await rm(path, { force: true })
          this.#drafts = []
          this.#published = new Map()
        }
      }),
    )
  }

  async #commit<T>(staging: WarehouseConnection, work: () => Promise<T>): Promise<T> {
    const { store, tidyUp } = this.#target
    const result = await inTransaction(staging, async () => {
      const done = await work()
      // Not before all streams are through: what has its name is seen.
      for (const { path, name } of this.#drafts) await store.put(path, name)
      await this.#write({
        states: await dumpStates(staging, this.#connectionName),
        tables: { ...this.#current.tables, ...Object.fromEntries(this.#published) },
      })
      return done
    })
    for (const table of this.#published.values()) await tidyUp?.(table)
    return result
  }

  async #write(changed: Partial<SyncRecord>): Promise<void> {
    const record = { ...this.#current, ...changed, revision: this.#current.revision + 1 }
    await writeRecord(this.#target.store, record)
    this.#record = record
  }
}
