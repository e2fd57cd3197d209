import { extractLoadErrors } from '../../../errors.js'
import { dueRows, LogPace, unnotedBytes } from '../../../table-source/log-pace.js'
import type { CdcEvent, CdcLog, CdcPosition, CdcStart, ConnectorContext } from '../../connector.js'
import { readTables } from '../catalogue.js'
import { queryTexts } from '../connect.js'
import { SourceSession } from '../session.js'
import { sourceError } from '../source-error.js'
import { byteTables } from './ask-server.js'
import { dumpBinlog, type LogStart } from './binlog-dump.js'
import type { LogEvent } from './binlog-events.js'
import { rowPlace, timeText } from './change-rows.js'
import { type FollowedStream, FollowedTable } from './followed-stream.js'
import { comparePositions, type LogPosition } from './log-position.js'
import { LogProgress } from './log-progress.js'
import { goesByGtid, nowhere, startOf } from './log-start.js'
import type { ByteTables } from './log-values.js'
import { gtidsAt, parseGtids } from './server-gtids.js'
import { endOfLog, type ServerIdentity } from './server-log.js'
import { type CdcState, positionOf, readCdcState } from './state.js'
import { type NamedChange, readStatement } from './statements.js'
import { tableName, wireColumns } from './table-map.js'
import { shapeAfter } from './table-shape.js'

interface LogOptions {
  readonly context: ConnectorContext
  readonly starts: ReadonlyMap<string, CdcStart>
  readonly server: ServerIdentity
  /** Streams that were read from another server: of them only the numbers of transactions say where to go on. */
  readonly byGtid: ReadonlySet<string>
}

/** The table of a stream as states have it. */
const shapeOf = ({ shape, state }: FollowedStream) => ({
  columns: [...shape.columns],
  key: state.key,
  dropped: [...shape.dropped],
})

/** Reads what changed in tables from the binary log. */
export class ReadLog implements CdcLog {
  readonly starts: ReadonlyMap<string, CdcStart>
  readonly #session: SourceSession
  readonly #options: LogOptions
  readonly #streams = new Map<string, FollowedStream>()
  /** By the number that the log has for a table; undefined: none of ours. */
  readonly #tables = new Map<number, FollowedTable | undefined>()
  #replication: SourceSession | undefined
  #byteTables: ByteTables = new Map()
  #nameOf = (name: string) => name
  #progress = new LogProgress({ position: nowhere, file: undefined, gtids: undefined }, false)
  #isOpen = false
  /** Streams that the open transaction changed. */
  readonly #touched = new Set<FollowedStream>()
  /** XA transactions that were prepared; what they changed is not followed any more. */
  readonly #prepared = new Set<string>()
  readonly #pace = new LogPace()

  constructor(session: SourceSession, options: LogOptions) {
    this.#session = session
    this.#options = options
    this.starts = options.starts
  }

  async *read(positions: readonly CdcPosition[]): AsyncGenerator<CdcEvent> {
    try {
      this.#follow(positions)
      yield* this.#leaveUnnumbered()
      if (this.#streams.size === 0) return
      const { start, progress } = startOf([...this.#streams.values()], this.#options.server.hasGtids)
      this.#progress = progress
      const { connection } = this.#session
      const [[casing] = []] = await queryTexts(connection, 'select @@lower_case_table_names')
      if (casing !== '0') this.#nameOf = (name) => name.toLowerCase()
      const charsets = [...this.#streams.values()].flatMap(({ shape }) => shape.columns.map(({ charset }) => charset))
      this.#byteTables = await byteTables(connection, charsets)
      const from = progress.position
      if (from !== nowhere) progress.gtids ??= await gtidsAt(this.#session, this.#options.context, from, undefined)
      const target = await endOfLog(this.#session)
      if (comparePositions(target, from) > 0 || from === nowhere) yield* this.#readTo(target, start)
      if (this.#isWorthNoting(from)) yield await this.#positionEvent()
    } catch (error) {
      throw sourceError(error, this.#session.config)
    }
  }

  #follow(positions: readonly CdcPosition[]): void {
    const { byGtid, starts } = this.#options
    for (const { stream, state: given } of positions) {
      const state = readCdcState(given)
      if (!state) continue
      // Where the stream has a key of its own, a row that gets another one is another row, too.
      const keys = [...state.key, ...(stream.primaryKey ?? []).map((path) => path.join('.'))]
      const shape = { columns: state.columns, dropped: state.dropped }
      const from = byGtid.has(stream.name) && !starts.has(stream.name) ? undefined : positionOf(state)
      const gtids = state.gtid === undefined ? undefined : parseGtids(state.gtid, this.#session)
      const followed = { name: stream.name, keys, state, from, gtids, hasRead: undefined, shape, table: undefined }
      this.#streams.set(stream.name, followed)
    }
  }

  /** What cannot be read together with streams of another server. */
  *#leaveUnnumbered(): Generator<CdcEvent> {
    const streams = [...this.#streams.values()]
    if (!goesByGtid(streams)) return
    for (const stream of streams)
      if (!stream.gtids)
        yield* this.#leave(stream, 'the server is another one, and its place in the log has no number of a transaction')
  }

  async *#readTo(target: LogPosition, from: LogStart): AsyncGenerator<CdcEvent> {
    const replication = await SourceSession.open(this.#options.context)
    this.#replication = replication
    const isDone = ({ position }: LogEvent) => comparePositions(position, target) >= 0
    for await (const events of dumpBinlog(replication.connection, from, isDone)) {
      for (const event of events) {
        const more = this.#take(event)
        if (more) yield* more
      }
      yield* this.#handOn(false)
    }
    if (this.#isOpen && this.#touched.size > 0)
      throw extractLoadErrors.create('SOURCE_CONNECTION_LOST', {
        message: `The binary log ended in the middle of a transaction, in ${this.#progress.position.file}.`,
        hint: 'Nothing of it is committed. Sync again.',
      })
    yield* this.#handOn(true)
  }

  /** What is to be handed on because of an event; most are only noted, for which an iterator each would take longer than the rest. */
  #take(event: LogEvent): AsyncIterable<CdcEvent> | Iterable<CdcEvent> | undefined {
    this.#pace.read(event.end - event.at)
    switch (event.type) {
      case 'format':
        return this.#beginFile(event)
      case 'rotate':
      case 'heartbeat':
        return undefined
      case 'gtids':
        this.#progress.before(event.gtids)
        return undefined
      case 'gtid':
        this.#touched.clear()
        this.#isOpen = event.isGroup
        this.#progress.transaction(event.gtid)
        return undefined
      case 'commit':
        return this.#commit(event)
      case 'prepare':
        return event.isOnePhase ? this.#commit(event) : this.#prepare(event)
      case 'table':
        return this.#tables.has(event.id) ? undefined : this.#table(event)
      case 'rows':
        return this.#tables.get(event.id) ? this.#rows(event) : undefined
      case 'query':
        return this.#query(event)
    }
  }

  /** A file of the log begins. */
  *#beginFile({ file, position }: Extract<LogEvent, { type: 'format' }>): Generator<CdcEvent> {
    // A server that died left a transaction without its end.
    if (file.isFirst) yield* this.#undone()
    this.#tables.clear()
    this.#progress.begin(file, position)
  }

  #commit({ position }: LogEvent): AsyncIterable<CdcEvent> | undefined {
    this.#isOpen = false
    this.#touched.clear()
    this.#progress.commit(position)
    return this.#pace.isPositionDue ? this.#reach() : undefined
  }

  async *#reach(): AsyncGenerator<CdcEvent> {
    yield* this.#handOn(true)
    yield await this.#positionEvent()
  }

  *#prepare(event: Extract<LogEvent, { type: 'prepare' }>): Generator<CdcEvent> {
    this.#prepared.add(event.xid)
    yield* this.#undone()
    this.#isOpen = false
    this.#progress.commit(event.position)
  }

  /** What the open transaction changed, or a part of it, did not come to be: its rows are among those that were read. */
  *#undone(): Generator<CdcEvent> {
    for (const stream of [...this.#touched])
      yield* this.#leave(stream, 'a transaction that changed it was rolled back in part, or is not decided yet (XA)')
    this.#touched.clear()
  }

  /** The log does not tell any more what became of a stream. */
  *#leave({ name, table }: FollowedStream, why: string): Generator<CdcEvent> {
    table?.rows.drop()
    this.#streams.delete(name)
    for (const [id, one] of this.#tables) if (one?.stream.name === name) this.#tables.set(id, undefined)
    yield { type: 'unfollowed', stream: name, why }
  }

  async #positionEvent(): Promise<CdcEvent> {
    this.#pace.told()
    const reached = await this.#reached()
    const states = new Map<string, unknown>()
    for (const stream of this.#streams.values())
      states.set(stream.name, this.#isBehind(stream) ? { ...reached, ...shapeOf(stream) } : stream.state)
    return { type: 'position', states }
  }

  /** How far the log was read, as states have it. */
  async #reached(): Promise<Omit<CdcState, 'columns' | 'key' | 'dropped'>> {
    const { position, file, gtids } = this.#progress
    const { uuid } = this.#options.server
    const log = { server_id: file?.serverId ?? 0, created_at: file?.createdAt ?? 0, ...(uuid && { server_uuid: uuid }) }
    if (!gtids) return { ...position, log }
    if (this.#options.byGtid.size > 0 && this.#session.isMariaDb) {
      // Domains may stand in another order than where they were read before: then the numbers still say it alone.
      const here = await gtidsAt(this.#session, this.#options.context, position, undefined)
      if (here?.text !== gtids.text) return { ...nowhere, log: { server_id: 0, created_at: 0 }, gtid: gtids.text }
    }
    return { ...position, log, gtid: gtids.text }
  }

  /** Whether more was read of a stream than it had. */
  #isBehind({ from, gtids }: FollowedStream): boolean {
    const { position, file, gtids: read } = this.#progress
    if (!file) return false
    if (from) return comparePositions(position, from) > 0
    return read !== undefined && gtids !== undefined && read.covers(gtids)
  }

  /** Whether a stream has what stands there. */
  #isOld({ from, hasRead }: FollowedStream, position: LogPosition): boolean {
    const { current } = this.#progress
    if (from && comparePositions(position, from) <= 0) return true
    return current !== undefined && (hasRead?.(current) ?? false)
  }

  #isWorthNoting(from: LogPosition): boolean {
    const { file, pos } = this.#progress.position
    return this.#pace.hasRows || file !== from.file || pos - from.pos >= unnotedBytes
  }

  /** Hands rows on: all of them, or where enough of them wait. */
  async *#handOn(isAll: boolean): AsyncGenerator<CdcEvent> {
    const waiting = [...this.#streams.values()].flatMap(({ table }) => (table ? [table.rows] : []))
    for (const rows of dueRows(waiting, isAll)) yield await rows.take(this.#session.connection)
  }

  #streamOf(schema: string, name: string): FollowedStream | undefined {
    const isOurs = this.#nameOf(schema) === this.#nameOf(this.#session.config.database)
    if (!isOurs) return undefined
    return (
      this.#streams.get(name) ??
      [...this.#streams.values()].find((one) => this.#nameOf(one.name) === this.#nameOf(name))
    )
  }

  /** A table as the rows that follow have it. */
  async *#table({ bytes, id, body, position }: Extract<LogEvent, { type: 'table' }>): AsyncGenerator<CdcEvent> {
    const { schema, name, rest } = tableName(bytes, body)
    const stream = this.#streamOf(schema, name)
    if (!stream) {
      this.#tables.set(id, undefined)
      return
    }
    // What is older than the stream may be of another shape.
    if (this.#isOld(stream, position)) return
    if (stream.table && !stream.table.rows.isEmpty) yield await stream.table.rows.take(this.#session.connection)
    stream.table = FollowedTable.of(stream, wireColumns(bytes, rest), this.#byteTables)
    this.#tables.set(id, stream.table)
    if (!stream.table) yield* this.#leave(stream, 'its columns in the log are not those that it is known to have')
  }

  async *#rows(event: Extract<LogEvent, { type: 'rows' }>): AsyncGenerator<CdcEvent> {
    const { id, kind, rows: at, seconds, position } = event
    const table = this.#tables.get(id)
    if (!table || this.#isOld(table.stream, position)) return
    const { stream, rows } = table
    if (!at.isWhole || !table.hasColumns(at)) {
      yield* this.#leave(stream, 'somebody wrote rows of it without all of their columns in the log')
      return
    }
    this.#pace.hasRows = true
    this.#touched.add(stream)
    const place = rowPlace(seconds, position)
    const { bytes, end } = at
    for (let row = at.at; row < end; ) {
      if (kind !== 'insert') {
        row = table.locate(bytes, row, table.before)
        if (kind === 'delete') rows.add(bytes, table.before, place, true)
      }
      if (kind !== 'delete') {
        row = table.locate(bytes, row, table.after)
        // Here the row that goes and the one that comes have both all of their values.
        if (kind === 'update' && !table.isSameKey(bytes)) {
          rows.add(bytes, table.before, place, true)
          if (rows.isFull) yield await rows.take(this.#session.connection)
        }
        rows.add(bytes, table.after, place, false)
      }
      if (rows.isFull) yield await rows.take(this.#session.connection)
    }
  }

  async *#query(event: Extract<LogEvent, { type: 'query' }>): AsyncGenerator<CdcEvent> {
    const statement = readStatement(event.sql, event.schema)
    switch (statement.type) {
      case 'begin':
        this.#isOpen = true
        this.#touched.clear()
        return
      case 'rollback':
        yield* this.#undone()
        yield* this.#commit(event) ?? []
        return
      case 'commit':
        yield* this.#commit(event) ?? []
        return
      case 'partial_rollback':
        yield* this.#undone()
        return
      case 'xa_end':
        // What it changed is not known: that was before the log was read from here.
        if (statement.isCommit && !this.#prepared.has(statement.xid))
          for (const stream of [...this.#streams.values()])
            if (!this.#isOld(stream, event.position))
              yield* this.#leave(stream, 'an XA transaction was committed that had been prepared before')
        break
      case 'unlogged_rows':
        for (const stream of [...this.#streams.values()])
          if (statement.names.has(stream.name.toLowerCase()) && !this.#isOld(stream, event.position))
            yield* this.#leave(stream, 'somebody wrote it by a statement that is logged instead of the rows')
        return
      case 'tables':
        for (const change of statement.changes) yield* this.#change(change, event)
    }
    // Whatever else there is, is a transaction of its own.
    if (!this.#isOpen) yield* this.#commit(event) ?? []
  }

  /** A statement of somebody who changed a table. */
  async *#change({ schema, table, change }: NamedChange, { position, seconds }: LogEvent): AsyncGenerator<CdcEvent> {
    const named = table === undefined ? [...this.#streams.values()] : [this.#streamOf(schema, table)]
    for (const stream of named) {
      if (!stream || this.#nameOf(schema) !== this.#nameOf(this.#session.config.database)) continue
      if (this.#isOld(stream, position)) continue
      const { table: open } = stream
      if (open && !open.rows.isEmpty) yield await open.rows.take(this.#session.connection)
      if (change.type === 'untold') yield* this.#leave(stream, change.why)
      else if (change.type === 'truncated') {
        this.#pace.hasRows = true
        yield { type: 'truncated', stream: stream.name, at: timeText(seconds) }
      } else if (change.steps.length > 0) {
        const [now] = await readTables(this.#session, stream.name)
        const shape = shapeAfter(stream.shape, change.steps, now?.columns ?? [])
        if (typeof shape === 'string') yield* this.#leave(stream, shape)
        else {
          stream.shape = shape
          stream.table = undefined
          for (const [id, one] of this.#tables) if (one?.stream === stream) this.#tables.delete(id)
          const charsets = shape.columns.map(({ charset }) => charset)
          this.#byteTables = new Map([...this.#byteTables, ...(await byteTables(this.#session.connection, charsets))])
        }
      }
    }
  }

  /** The server keeps its log as long as its own settings say. */
  confirm(): void {}

  async dispose(): Promise<void> {
    await this.#replication?.end()
    await this.#session.end()
  }
}
