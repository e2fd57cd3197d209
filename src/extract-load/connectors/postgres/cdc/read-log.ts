import { dueRows, LogPace, unnotedBytes } from '../../../table-source/log-pace.js'
import type { CdcEvent, CdcLog, CdcPosition, CdcStart, ConnectorContext } from '../../connector.js'
import { readTables, typesOf } from '../catalogue.js'
import { textColumn } from '../columns.js'
import type { CdcSettings } from '../config.js'
import { SourceSession } from '../session.js'
import { sourceError } from '../source-error.js'
import { streamName } from '../streams.js'
import { ChangedRows, timeText } from './change-rows.js'
import { type Slot, slotIsFree } from './database-log.js'
import { parseLsn, printLsn } from './lsn.js'
import { isSameKey, type LogMessage, type LogRelation, readMessage } from './pgoutput.js'
import { isTold, publishedTable } from './publication.js'
import { type LogData, ReplicationStream } from './replication-stream.js'
import { type CdcState, readCdcState } from './state.js'
import { knownTable, readIdentities, type TableIdentity } from './table-identity.js'
import { VisibleTransactions } from './visible-transactions.js'

const [beginCode, commitCode] = Buffer.from('BC')
/** Pieces of the log that are looked at together. */
const batchBytes = 1024 * 1024
/**
 * The server goes through its log from before the oldest transaction that was open at the confirmed position. Where that takes long
 * and brings nothing, another position is worth a commit: the next sync need not wait for the same again.
 */
const slowMs = 200

interface LogOptions {
  readonly context: ConnectorContext
  readonly settings: CdcSettings
  readonly starts: ReadonlyMap<string, CdcStart>
  readonly system: string
  /** Undefined where no stream is followed. */
  readonly slot: Slot | undefined
  readonly identities: ReadonlyMap<string, TableIdentity>
}

/** A stream whose changes are read. */
interface FollowedStream {
  readonly name: string
  readonly keys: readonly string[]
  readonly state: CdcState
  readonly from: bigint
  readonly snapshot: { readonly seen: VisibleTransactions; readonly lsn: bigint } | undefined
  /** The number of the transaction that was looked at last, and whether it is one of the stream's. */
  transaction: number
  applies: boolean
}

interface FollowedTable {
  readonly stream: FollowedStream
  readonly rows: ChangedRows
  readonly keyColumns: readonly number[]
}

interface Transaction {
  readonly number: number
  readonly commitLsn: bigint
  readonly xid: number
  readonly at: Buffer
}

/** Data exceptions, and what is said of names and types: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const isAboutValues = (error: unknown) => /^(22|42)/.test(String((error as { code?: unknown } | null)?.code))

/** Reads what changed in tables from a replication slot. */
export class ReadLog implements CdcLog {
  readonly starts: ReadonlyMap<string, CdcStart>
  readonly #session: SourceSession
  readonly #options: LogOptions
  readonly #streams = new Map<string, FollowedStream>()
  /** By the number that the log has for a table; undefined: none of ours. */
  readonly #tables = new Map<number, FollowedTable | undefined>()
  #replication: { readonly session: SourceSession; readonly stream: ReplicationStream } | undefined
  #transaction: Transaction | undefined
  #transactions = 0
  /** Where the last transaction that was looked at ended. */
  #position = 0n
  readonly #pace = new LogPace()

  constructor(session: SourceSession, options: LogOptions) {
    this.#session = session
    this.#options = options
    this.starts = options.starts
  }

  async *read(positions: readonly CdcPosition[]): AsyncGenerator<CdcEvent> {
    try {
      this.#follow(positions)
      if (this.#streams.size === 0) return
      const from = [...this.#streams.values()].reduce((least, { from }) => (from < least ? from : least), 2n ** 63n)
      const target = await this.#end()
      const began = performance.now()
      if (target > from) yield* this.#readTo(target, from)
      const wasSlow = performance.now() - began > slowMs
      yield* this.#newColumns()
      if (this.#isWorthNoting(from, wasSlow)) yield this.#positionEvent()
    } catch (error) {
      throw sourceError(error, this.#session.config, `replication slot ${this.#options.settings.replication_slot}`)
    }
  }

  #follow(positions: readonly CdcPosition[]): void {
    for (const { stream, state: given } of positions) {
      const state = readCdcState(given)
      if (!state) continue
      this.#streams.set(stream.name, {
        name: stream.name,
        keys: (stream.primaryKey ?? []).map((path) => path.join('.').toLowerCase()),
        state,
        from: parseLsn(state.lsn),
        snapshot: state.snapshot && {
          seen: new VisibleTransactions(state.snapshot.transactions),
          lsn: parseLsn(state.snapshot.lsn),
        },
        transaction: 0,
        applies: false,
      })
    }
  }

  /** The log names columns only when a row changes: of a table that just got some, no row says so. */
  async *#newColumns(): AsyncGenerator<CdcEvent> {
    const { client } = this.#session
    for (const { name, state } of this.#streams.values()) {
      const known = new Set(state.table.columns.map(([, column]) => column))
      const table = this.#options.identities.get(name) as TableIdentity
      if (table.columns.every(([, column]) => known.has(column))) continue
      const published = await publishedTable(client, this.#options.settings.publication, table)
      const found = (await readTables(client, [table.schema], table.name)).find((one) => one.name === table.name)
      const own = (found?.columns ?? []).filter((column) => isTold(published, table, column.name))
      const rows = new ChangedRows(
        name,
        own.map((column) => textColumn(column, 'text')),
        [],
      )
      this.#pace.hasRows = true
      yield await rows.take(client)
    }
  }

  /** What is durable on the server now: who committed before may rely on being read. */
  async #end(): Promise<bigint> {
    const { rows } = await this.#session.client.query<{ lsn: string }>('select pg_current_wal_flush_lsn()::text as lsn')
    return parseLsn(rows[0]?.lsn ?? '0/0')
  }

  async *#readTo(target: bigint, from: bigint): AsyncGenerator<CdcEvent> {
    const { replication_slot: slot, publication } = this.#options.settings
    await slotIsFree(this.#session.client, slot, this.#options.context.signal)
    const session = await SourceSession.open(this.#options.context, { isReplication: true })
    const stream = new ReplicationStream(session.client, {
      slot,
      publication,
      from,
      confirmed: this.#options.slot?.confirmed ?? 0n,
    })
    this.#replication = { session, stream }
    let waiting: LogData[] = []
    let bytes = 0
    let isOpen = false
    let lastEnd = 0n
    const take = () => {
      const taken = waiting
      waiting = []
      bytes = 0
      return taken
    }
    const batches = stream.read(
      (data) => {
        waiting.push(data)
        bytes += data.end - data.at
        const type = data.bytes[data.at]
        if (type === beginCode) isOpen = true
        if (type === commitCode) {
          isOpen = false
          lastEnd = data.bytes.readBigUInt64BE(data.at + 10)
        }
        return bytes >= batchBytes || (!isOpen && lastEnd >= target) ? take() : undefined
      },
      () => !isOpen && (stream.reached >= target || lastEnd >= target),
    )
    for await (const batch of batches) yield* this.#takeAll(batch)
    yield* this.#takeAll(take())
    // Where nothing was committed at the end, the server has said how far it looked.
    if (stream.reached > this.#position && !isOpen) this.#position = stream.reached
    yield* this.#handOn(true)
  }

  async *#takeAll(batch: readonly LogData[]): AsyncGenerator<CdcEvent> {
    for (const data of batch) {
      const message = readMessage(data.bytes, data.at)
      if (!message) continue
      this.#pace.read(data.end - data.at)
      if (message.type === 'relation') yield* this.#relation(message.relation)
      else if (message.type === 'truncate') yield* this.#truncate(message.relationIds)
      else if (message.type === 'begin') this.#begin(message)
      else if (message.type === 'commit') {
        this.#position = message.endLsn
        if (this.#pace.isPositionDue) yield* this.#handOnToPosition()
      } else {
        const full = this.#change(message, data)
        if (full) yield await this.#taken(full)
      }
    }
    yield* this.#handOn(false)
  }

  #begin({ commitLsn, commitMicros, xid }: Extract<LogMessage, { type: 'begin' }>): void {
    this.#transactions++
    this.#transaction = { number: this.#transactions, commitLsn, xid, at: timeText(commitMicros) }
  }

  async *#handOnToPosition(): AsyncGenerator<CdcEvent> {
    yield* this.#handOn(true)
    yield this.#positionEvent()
  }

  #positionEvent(): CdcEvent {
    this.#pace.told()
    const states = new Map<string, unknown>()
    for (const stream of this.#streams.values()) states.set(stream.name, this.#stateOf(stream))
    return { type: 'position', states }
  }

  #stateOf({ name, from, state }: FollowedStream): CdcState {
    const { identities, system } = this.#options
    const lsn = this.#position > from ? this.#position : from
    const isBehind = state.snapshot && parseLsn(state.snapshot.lsn) > lsn
    return {
      lsn: printLsn(lsn),
      system,
      table: knownTable(identities.get(name) as TableIdentity, state.table),
      ...(isBehind ? { snapshot: state.snapshot } : {}),
    }
  }

  #isWorthNoting(from: bigint, wasSlow: boolean): boolean {
    const hasSnapshot = [...this.#streams.values()].some(({ snapshot }) => snapshot)
    const hasMoved = this.#position > from
    return this.#pace.hasRows || (hasMoved && (hasSnapshot || wasSlow || this.#position - from >= BigInt(unnotedBytes)))
  }

  /** Hands rows on: all of them, or where enough of them wait. */
  async *#handOn(isAll: boolean): AsyncGenerator<CdcEvent> {
    const waiting = [...this.#tables.values()].flatMap((table) => (table ? [table.rows] : []))
    for (const rows of dueRows(waiting, isAll)) yield await this.#taken(rows)
  }

  /** Rows as an event; lists and composite values of a type that is another one today cannot be read any more. */
  async #taken(rows: ChangedRows): Promise<CdcEvent> {
    try {
      return await rows.take(this.#session.client)
    } catch (error) {
      if (!isAboutValues(error)) throw error
      return this.#leave(rows.stream, `a type of its columns changed: ${(error as Error).message}`)
    }
  }

  /** The log does not tell any more what became of a stream. */
  #leave(stream: string, why: string): CdcEvent {
    this.#streams.delete(stream)
    for (const [id, table] of this.#tables) if (table?.stream.name === stream) this.#tables.set(id, undefined)
    return { type: 'unfollowed', stream, why }
  }

  /** A table as it is from here on. */
  async *#relation(relation: LogRelation): AsyncGenerator<CdcEvent> {
    const known = this.#tables.get(relation.id)
    if (known && !known.rows.isEmpty) yield await this.#taken(known.rows)
    const stream = this.#streamOf(relation)
    const lost = stream && (await this.#lostColumn(stream, relation))
    if (stream && lost !== undefined)
      yield this.#leave(stream.name, `the column \`${lost}\` was added and went again, or has another name now`)
    const isFollowed = stream && lost === undefined
    this.#tables.set(relation.id, isFollowed ? await this.#tableOf(stream, relation) : undefined)
  }

  /** Tables of other schemas, and those that were dropped before one of the same name was made, are none of ours. */
  #streamOf(relation: LogRelation): FollowedStream | undefined {
    const name = streamName(this.#session.config, relation)
    const table = this.#options.identities.get(name)
    return table?.oid === relation.id ? this.#streams.get(name) : undefined
  }

  /** A column that the table neither had when it was read last nor has now: what became of its values the log does not tell. */
  async #lostColumn(stream: FollowedStream, relation: LogRelation): Promise<string | undefined> {
    // What was before its snapshot is no concern of it.
    if (!this.#isOf(stream)) return undefined
    const { name, state } = stream
    const known = new Set(state.table.columns.map(([, column]) => column))
    const isNew = (table: TableIdentity | undefined) => (column: string) =>
      !known.has(column) && !table?.columns.some(([, one]) => one === column) && !table?.generated.includes(column)
    const names = relation.columns.map((column) => column.name)
    if (!names.some(isNew(this.#options.identities.get(name)))) return undefined
    // It may have come a moment ago.
    const tables = await readIdentities(this.#session.client, [relation.schema], [relation.name])
    return names.find(isNew(tables[0]))
  }

  async #tableOf(stream: FollowedStream, { columns }: LogRelation): Promise<FollowedTable> {
    const types = await typesOf(
      this.#session.client,
      columns.map(({ typeId }) => typeId),
    )
    const own = columns.map(({ name, typeId, modifier }) => {
      const type = types.get(typeId)
      const base = {
        name,
        type: type?.name ?? 'text',
        category: type?.category ?? 'b',
        hasAnyBytes: type?.hasAnyBytes ?? true,
      }
      return textColumn({ ...base, modifier: type?.modifier ?? modifier }, type?.declared ?? 'text')
    })
    const keys = columns.map(({ isKey }) => isKey)
    const keyColumns = columns.flatMap(({ name }, i) => (stream.keys.includes(name.toLowerCase()) ? [i] : []))
    return { stream, rows: new ChangedRows(stream.name, own, keys), keyColumns }
  }

  async *#truncate(ids: readonly number[]): AsyncGenerator<CdcEvent> {
    for (const id of ids) {
      const table = this.#tables.get(id)
      if (!table || !this.#isOf(table.stream)) continue
      if (!table.rows.isEmpty) yield await this.#taken(table.rows)
      this.#pace.hasRows = true
      yield { type: 'truncated', stream: table.stream.name, at: (this.#transaction as Transaction).at.toString() }
    }
  }

  /** Whether the transaction that is read is new to a stream: neither read before, nor seen by the snapshot of its table. */
  #isOf(stream: FollowedStream): boolean {
    const { number, commitLsn, xid } = this.#transaction as Transaction
    if (stream.transaction === number) return stream.applies
    const { from, snapshot } = stream
    stream.transaction = number
    stream.applies = commitLsn >= from && !(snapshot && commitLsn < snapshot.lsn && snapshot.seen.has(xid))
    return stream.applies
  }

  /** @returns the rows of the table where they are enough to be handed on */
  #change(
    message: Extract<LogMessage, { type: 'insert' | 'update' | 'delete' }>,
    { bytes, at, end }: LogData,
  ): ChangedRows | undefined {
    const table = this.#tables.get(message.relationId)
    if (!table || !this.#isOf(table.stream)) return undefined
    this.#pace.hasRows = true
    const { rows, keyColumns } = table
    const row = { bytes, lsnAt: at - 24, at: (this.#transaction as Transaction).at }
    if (message.type === 'insert') rows.add({ ...row, row: message.row }, end - at)
    else if (message.type === 'delete')
      rows.add({ ...row, row: message.old, isDeleted: true, isKeyOnly: message.oldIsKey }, end - at)
    else {
      const { old, oldIsKey } = message
      const isMoved = old !== undefined && (oldIsKey || !isSameKey(bytes, old, message.row, keyColumns))
      if (isMoved) rows.add({ ...row, row: old, isDeleted: true, isKeyOnly: oldIsKey }, 0)
      rows.add({ ...row, row: message.row, ...(oldIsKey ? { oldKey: old } : { before: old }), isMoved }, end - at)
    }
    return rows.isFull ? rows : undefined
  }

  confirm(states: readonly unknown[]): void {
    const kept = this.#options.slot?.confirmed ?? 0n
    const lsns = states.map((state) => readCdcState(state)?.lsn).filter((lsn) => lsn !== undefined)
    // What a stream needs that is behind the slot is gone: it holds nothing up.
    const [first, ...others] = lsns.map(parseLsn).filter((lsn) => lsn >= kept)
    if (first === undefined) return
    this.#replication?.stream.confirm(others.reduce((least, lsn) => (lsn < least ? lsn : least), first))
  }

  async dispose(): Promise<void> {
    await this.#replication?.stream.end().catch(() => {})
    await this.#replication?.session.end()
    await this.#session.end()
  }
}
