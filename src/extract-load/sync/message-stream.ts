import type { ConnectionStream, SchemaChange } from '../contract.js'
import type { DestinationSession, Published } from '../destinations/destination.js'
import type { DeclaredColumn } from '../protocol/declared-types.js'
import { checkTextCursor } from './column-cursor.js'
import type { LoadRequest } from './load-request.js'
import { publishWithState } from './load-stream.js'
import type { StreamPlan } from './plan-stream.js'
import { RecordBuffer, withRecordFile } from './record-buffer.js'
import { settleNumbers } from './stage-records.js'
import { dropLeftovers, StagingTable } from './staging-table.js'
import type { StreamState } from './state-table.js'

export interface MessageStreamOptions {
  readonly warehouse: LoadRequest['warehouse']
  readonly connectionName: string
  readonly stream: ConnectionStream
  readonly plan: StreamPlan
  readonly previous: StreamState
  readonly columns: readonly DeclaredColumn[]
  readonly extractedAt: Date
  readonly signal?: AbortSignal | undefined
  readonly onWarning: (message: string) => void
}

/**
 * One stream of a sync whose source sends all streams at once. Its records go to a staging table; what was read up to a state can be
 * committed with it.
 */
export class MessageStream {
  readonly options: MessageStreamOptions
  readonly #session: DestinationSession
  readonly #buffer: RecordBuffer
  #request: LoadRequest
  #staging: StagingTable
  /** Since the last commit: how many came, and how many of them the last state speaks for. */
  #arrived = 0
  #vouched = 0
  #state: string | undefined
  #hasState = false
  /** Since the last state. */
  recordsSinceState = 0
  recordsRead = 0
  recordsCommitted = 0
  bytesRead = 0
  schemaChanges: readonly SchemaChange[] = []
  status: 'running' | 'complete' | 'incomplete' = 'running'
  /** Everything was committed, and nothing more is expected. */
  isFinished = false
  hasPublished = false

  constructor(session: DestinationSession, options: MessageStreamOptions) {
    this.options = options
    this.#session = session
    this.#buffer = new RecordBuffer(options.columns)
    this.#request = this.#requestFor([], options.plan.replacesTable)
    this.#staging = new StagingTable(session.staging, this.#request)
    this.#state = options.plan.state
  }

  get name(): string {
    return this.options.stream.name
  }

  get bufferedBytes(): number {
    return this.#buffer.sizeBytes
  }

  /** The table is replaced when the stream is complete, and not before. */
  get replacesTable(): boolean {
    return this.#request.replacesTable
  }

  get request(): LoadRequest {
    return this.#request
  }

  #requestFor(table: LoadRequest['table'], replacesTable: boolean): LoadRequest {
    const { plan, ...rest } = this.options
    return {
      ...rest,
      held: this.#session.held(rest.stream),
      table,
      replacesTable,
      generationId: plan.generationId,
      onProgress: () => {},
    }
  }

  async start(): Promise<void> {
    await dropLeftovers(this.#session.staging, this.#request)
  }

  add(bytes: Buffer, isOdd: boolean): void {
    this.#buffer.add(bytes, isOdd)
    this.#arrived++
    this.recordsRead++
    this.recordsSinceState++
    this.bytesRead += bytes.length
  }

  /** The source vouches for everything that it sent so far. @param text of the stream's own; undefined where all streams share one */
  noteState(text: string | undefined): void {
    this.#vouched = this.#arrived
    this.#hasState = true
    this.#state = text ?? this.#state
  }

  /** Brings what waits into the staging table; answers the work, so that reading can go on beside it. */
  takeBuffered(): () => Promise<void> {
    const taken = this.#buffer.take()
    return () =>
      taken.lines.length === 0
        ? Promise.resolve()
        : withRecordFile(taken, (batch) => this.#staging.add(batch), isUnreadable)
  }

  /** Nothing lies between the last commit and the last state. */
  get isCommitted(): boolean {
    return !this.#hasState && this.#arrived === 0
  }

  /**
   * Makes ready what is committed next; everything is staged. With `onlyVouched` the records that came after the last state go.
   * @returns false when there is nothing to commit
   */
  async prepare({ onlyVouched }: { readonly onlyVouched: boolean }): Promise<boolean> {
    if (onlyVouched && !this.#hasState) return false
    const { columns } = this.options
    if (onlyVouched && this.#vouched < this.#arrived && this.#staging.columns) {
      await this.#session.staging.query(`delete from ${this.#staging.relation} where rowid >= ${this.#vouched}`)
      this.#staging.rows = this.#vouched
    }
    // A source that is through without a record has an empty table to give.
    if (!this.#staging.columns)
      await withRecordFile(
        { lines: [], sizeBytes: 0, isOdd: false, columns, shape: { names: new Map(), jsonColumns: new Set() } },
        (batch) => this.#staging.add(batch),
        isUnreadable,
      )
    this.#request = this.#requestFor(await this.#session.columns(this.options.stream), this.#request.replacesTable)
    this.#staging.columns = await settleNumbers(this.#session.staging, this.#request, this.#staging, columns)
    await checkTextCursor(this.#session.staging, this.#request, this.#staging)
    return true
  }

  /** Part of a transaction. */
  publish(): Promise<Published> {
    return publishWithState(this.#session, this.#request, this.#staging, this.#state)
  }

  /** After the transaction. */
  async committed({ rows, changes }: Published): Promise<void> {
    this.recordsCommitted += rows
    this.schemaChanges = [...this.schemaChanges, ...changes]
    this.hasPublished = true
    this.#arrived = 0
    this.#vouched = 0
    this.#hasState = false
    await this.#staging.drop()
    this.#request = { ...this.#request, replacesTable: false }
    this.#staging = new StagingTable(this.#session.staging, this.#request)
  }

  async dispose(): Promise<void> {
    await this.#staging.drop()
  }
}

/** What the warehouse's JSON reader stumbled over. */
const isUnreadable = (error: unknown) =>
  error instanceof Error && /JSON|unicode|utf-?8|byte sequence/i.test(error.message)
