import { rm } from 'node:fs/promises'
import { Semaphore } from '../../../base/index.js'
import {
  type ConnectOptions,
  inTransaction,
  type Warehouse,
  type WarehouseConnection,
  withConnection,
} from '../../../warehouse/index.js'
import type { ConnectionStream, FileKeeper } from '../../contract.js'
import type { ExistingRows, LoadRequest } from '../../loading/request/load-request.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import type { StagingTable } from '../../loading/stage/staging-table.js'
import { dumpStates, loadStates, prepareSchemas } from '../../loading/state/state-table.js'
import type { Destination, DestinationSession, Published } from '../destination.js'
import { openStaging } from '../staging.js'
import {
  lockName,
  type RecordedState,
  type RecordedTable,
  readRecord,
  type SyncRecord,
  withRecordLock,
  writeRecord,
  writtenMeanwhile,
} from './record.js'
import type { RecordStore } from './record-store.js'

/** What a destination does that keeps its states in a record. */
export interface RecordedTarget {
  readonly store: RecordStore
  /** What a stream is called at the destination; its table when left out. Under another name it is loaded from the start. */
  nameOf?(stream: ConnectionStream): string
  /** Before anything is read, where nobody else can be writing. */
  prepare?(record: SyncRecord): Promise<void>
  /** The columns that are there, Airbyte's among them; none where a stream is to be loaded from the start. */
  columns(stream: ConnectionStream, recorded: RecordedNow): Promise<readonly TableColumn[]>
  countRows(table: RecordedTable | undefined): number | undefined
  existing(table: RecordedTable | undefined): ExistingRows
  publish(load: RecordedLoad): Promise<RecordedPublished>
  /** Where nothing was staged: all rows that were loaded are gone in their database. What is added to files stays. */
  clearTruncated?(load: RecordedClaim): Promise<RecordedTable | undefined>
  /** Gives up all that was loaded of a stream. @returns what is recorded of it then; as before where it is left out */
  empty?(load: RecordedClaim): Promise<RecordedTable | undefined>
  /** For the files that records are about; undefined where it keeps none. */
  readonly files?: FileKeeper | undefined
  /** After the record was written: what does not count any more can go. */
  tidyUp?(table: RecordedTable): Promise<void>
}

interface RecordedNow {
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
  /** Gives it its name. */
  put(): Promise<void>
}

export interface RecordedLoad extends RecordedClaim {
  readonly staging: WarehouseConnection
  readonly staged: StagingTable
}

/** What is to become of a stream, with nothing that was staged for it. */
export interface RecordedClaim {
  readonly request: LoadRequest
  readonly table: RecordedTable | undefined
  /** Notes what a stream has from now on, whatever becomes of the load: a folder, before the first file is in it. */
  claim(table: RecordedTable): Promise<void>
  /**
   * The same, and that what was loaded before is given up, before anything of it is touched: where this load does not end well, the next
   * one starts over as well, as another generation.
   */
  startOver(table: RecordedTable): Promise<void>
}

/**
 * A destination without transactions. Rows are staged in a DuckDB of the sync's own, where the states are for as long as the sync lasts.
 * What counts is one small text, the record: it names what is there (files, say) with the states that go with it, and is replaced as a
 * whole once that is durable. A crash before leaves the old record with what it names; files that no record names are removed by the next
 * sync.
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
  readonly files: FileKeeper | undefined
  readonly close: () => Promise<void>
  readonly #connectionName: string
  readonly #target: RecordedTarget
  #record: SyncRecord | undefined
  /** What the transaction that is open brings. */
  #published = new Map<string, RecordedTable>()
  #drafts: Draft[] = []
  /** What is done once it is through. */
  #later = new Map<string, () => Promise<void>>()
  /** The states of streams that are being loaded from the start, and were not since. */
  readonly #startedOver = new Map<string, RecordedState>()
  /** The record is written as a whole: by one stream after the other. */
  readonly #writing = new Semaphore(1)

  constructor(connectionName: string, target: RecordedTarget, staging: Warehouse, close: () => Promise<void>) {
    this.#connectionName = connectionName
    this.#target = target
    this.files = target.files
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

  async connect(options: ConnectOptions): Promise<DestinationSession> {
    const staging = await this.staging.connect(options)
    const target = this.#target
    const nameOf = (stream: ConnectionStream) => target.nameOf?.(stream) ?? stream.table
    const tableOf = (stream: ConnectionStream) => {
      const found = this.#published.get(stream.name) ?? this.#current.tables[stream.name]
      // Under another name it is another table.
      return found?.table === nameOf(stream) ? found : undefined
    }
    const loadOf = (request: LoadRequest) => ({
      request,
      table: tableOf(request.stream),
      claim: (table: RecordedTable) => this.#claim(request.stream.name, table),
      startOver: async (table: RecordedTable) => {
        this.#startedOver.set(request.stream.name, this.#stateOfStart(request))
        await this.#claim(request.stream.name, table)
      },
    })
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
      existing: (stream) => target.existing(tableOf(stream)),
      publish: async (request, staged) => {
        const { table, draft, ...published } = await target.publish({ staging, staged, ...loadOf(request) })
        if (table) this.#publishes(request, table)
        if (draft) this.#drafts.push(draft)
        return published
      },
      clearTruncated: async (request) => {
        const table = await target.clearTruncated?.(loadOf(request))
        if (table) this.#publishes(request, table)
      },
      empty: async (request) => {
        const table = await target.empty?.(loadOf(request))
        if (table) this.#publishes(request, table)
      },
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
          this.#later = new Map()
          this.#published = new Map()
        }
      }),
    )
  }

  async #commit<T>(staging: WarehouseConnection, work: () => Promise<T>): Promise<T> {
    const result = await inTransaction(staging, async () => {
      const done = await work()
      // Not before all streams are through: what has its name is seen.
      for (const draft of this.#drafts) await draft.put()
      const names = [...this.#published.keys()]
      await this.#write({
        states: this.#withStarts(await dumpStates(staging, this.#connectionName), names),
        tables: { ...this.#current.tables, ...Object.fromEntries(this.#published) },
      })
      for (const name of names) this.#startedOver.delete(name)
      return done
    })
    for (const work of this.#later.values()) await work()
    return result
  }

  #publishes({ stream, onWarning }: LoadRequest, table: RecordedTable): void {
    this.#published.set(stream.name, table)
    // What was loaded counts already.
    const onFailure = (error: Error) =>
      onWarning(`what does not count any more could not be removed; the next sync does that: ${error.message}`)
    this.#later.set(stream.name, async () => this.#target.tidyUp?.(table).catch(onFailure))
  }

  #claim(stream: string, table: RecordedTable): Promise<void> {
    return this.#write({
      states: this.#withStarts(this.#current.states),
      tables: { ...this.#current.tables, [stream]: table },
    })
  }

  #stateOfStart({ stream, generationId, previous, extractedAt }: LoadRequest): RecordedState {
    const known = this.#current.states.find((state) => state.stream === stream.name)
    return {
      stream: stream.name,
      state: null,
      mode: null,
      accepted: known?.accepted ?? null,
      names: known?.names ?? null,
      generation_id: generationId,
      sync_id: previous.syncId,
      updated_at: extractedAt.toISOString(),
    }
  }

  /** With the states of streams that were begun anew, whatever they had before. @param but that are through */
  #withStarts(states: readonly RecordedState[], but: readonly string[] = []): RecordedState[] {
    const starts = [...this.#startedOver.values()].filter(({ stream }) => !but.includes(stream))
    return [...states.filter(({ stream }) => !starts.some((start) => start.stream === stream)), ...starts]
  }

  async #write(changed: Partial<SyncRecord>): Promise<void> {
    const record = { ...this.#current, ...changed, revision: this.#current.revision + 1 }
    await writeRecord(this.#target.store, record)
    this.#record = record
  }
}
