import { inSpan } from '../../../base/index.js'
import type { RecordRun } from '../../connectors/connector.js'
import type { ConnectionStream, SchemaChange } from '../../contract.js'
import type { DestinationSession, Published } from '../../destinations/destination.js'
import type { NameOf } from '../../fields/loaded-names.js'
import { checkTextCursor } from '../../loading/request/column-cursor.js'
import type { SchemaVerdict } from '../../loading/request/judge-schema.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import { prepareMappers } from '../../loading/rows/map-values.js'
import { nulledValues } from '../../loading/rows/nulled-values.js'
import { RecordBuffer } from '../../loading/rows/record-buffer.js'
import { keepColumns } from '../../loading/stage/keep-columns.js'
import { dropFiltered, passedRows, settleNumbers } from '../../loading/stage/stage-records.js'
import type { StreamState } from '../../loading/state/state-table.js'
import type { DeclaredColumn } from '../../protocol/declared-types.js'
import type { Failing } from '../attempts/attempt.js'
import type { StreamPlan } from '../plan/plan-stream.js'
import type { Checkpoint } from '../publish/checkpoint.js'
import { publishWithState } from '../publish/publish-with-state.js'
import { ResumableStaging } from './resumable-staging.js'
import type { SourceStatus, StreamOutcome } from './stream-status.js'

export interface MessageStreamOptions {
  readonly warehouse: LoadRequest['warehouse']
  readonly connectionName: string
  readonly stream: ConnectionStream
  readonly nameOf: NameOf
  readonly plan: StreamPlan
  readonly previous: StreamState
  readonly columns: readonly DeclaredColumn[]
  readonly schema: SchemaVerdict | undefined
  readonly extractedAt: Date
  readonly limits: LoadRequest['limits']
  readonly signal?: AbortSignal | undefined
  readonly onWarning: (message: string) => void
}

/** How far a stream came in a sync. */
export interface StreamProgress {
  readonly recordsRead: number
  readonly recordsCommitted: number
  readonly bytesRead: number
  readonly schemaChanges: readonly SchemaChange[]
  readonly hasPublished: boolean
  /** How far it came was noted, for the next sync to go on from there. */
  readonly keptProgress: boolean
}

/**
 * One stream of a sync whose source sends all streams at once. Its records go to a staging table; what was read up to a state can be
 * committed with it.
 */
export class MessageStream implements Failing {
  readonly options: MessageStreamOptions
  readonly #session: DestinationSession
  readonly #buffer: RecordBuffer
  readonly #staging: ResumableStaging
  #request: LoadRequest
  #status: SourceStatus = { type: 'running' }
  #outcome: StreamOutcome = 'open'
  #progress: StreamProgress = {
    recordsRead: 0,
    recordsCommitted: 0,
    bytesRead: 0,
    schemaChanges: [],
    hasPublished: false,
    keptProgress: false,
  }
  /** The fields of which it was told that a value became NULL. */
  readonly #nulled = new Set<string>()
  #recordsSinceState = 0
  #bytesSinceCommit = 0
  #lastCommitAt = performance.now()
  #whyEmpty: string | undefined

  constructor(session: DestinationSession, options: MessageStreamOptions) {
    this.options = options
    this.#session = session
    this.#buffer = new RecordBuffer(options.columns)
    this.#request = this.#requestFor([], options.plan.replacesTable)
    this.#staging = new ResumableStaging(session, this.#request, options)
  }

  get name(): string {
    return this.options.stream.name
  }

  get status(): SourceStatus {
    return this.#status
  }

  get outcome(): StreamOutcome {
    return this.#outcome
  }

  get progress(): StreamProgress {
    return this.#progress
  }

  /** Why it has no records, where its source said so. */
  get whyEmpty(): string | undefined {
    return this.#whyEmpty
  }

  get request(): LoadRequest {
    return this.#request
  }

  get bufferedBytes(): number {
    return this.#buffer.sizeBytes
  }

  /** What is reserved for its columns besides. */
  get columnsBytes(): number {
    return this.#buffer.columnsBytes
  }

  /** The source vouches for what nobody committed yet. */
  get hasState(): boolean {
    return this.#staging.hasState
  }

  /** Nothing came since the last commit. */
  get isCommitted(): boolean {
    return this.#staging.isCommitted
  }

  /** Its source said that it is complete, and sent nothing more of it. */
  get isWhole(): boolean {
    return this.#status.type === 'complete' && this.#status.records === this.#progress.recordsRead
  }

  /** It is read from the start in this sync. */
  get startsOver(): boolean {
    return this.options.plan.replacesTable
  }

  /** The table is replaced when the stream is complete, and not before. */
  get replacesTable(): boolean {
    return this.#request.replacesTable
  }

  noteComplete(): void {
    this.#status = { type: 'complete', records: this.#progress.recordsRead }
  }

  /** @param cause the first one counts */
  noteIncomplete(cause: unknown): void {
    const before = this.#status.type === 'incomplete' ? this.#status.cause : undefined
    this.#status = { type: 'incomplete', cause: before ?? cause }
  }

  noteWhyEmpty(why: string): void {
    this.#whyEmpty = why
  }

  noteFinished(): void {
    this.#outcome = 'finished'
  }

  noteFailed(): void {
    this.#outcome = 'failed'
  }

  /** Whether so much came since the last commit, or it is so long ago, that a state is a reason for another one. */
  isDue({ bytes, ms }: Checkpoint): boolean {
    return this.#bytesSinceCommit >= bytes || performance.now() - this.#lastCommitAt >= ms
  }

  #requestFor(table: LoadRequest['table'], replacesTable: boolean): LoadRequest {
    const { plan, ...rest } = this.options
    return {
      ...rest,
      // Its columns have them already.
      paths: [],
      existing: this.#session.existing(rest.stream),
      table,
      replacesTable,
      generationId: plan.generationId,
      onProgress: () => {},
    }
  }

  /** @throws SOURCE_SCHEMA_CHANGED where a load that was broken off cannot go on */
  async start(): Promise<void> {
    await prepareMappers(this.#session.staging, this.options.stream)
    await this.#staging.start()
  }

  /** Notes how far the load has come, so that the next sync can go on from there; everything is staged. */
  async keep(): Promise<void> {
    if (!(await this.#staging.keep())) return
    this.#progress = { ...this.#progress, keptProgress: true }
    this.#noteCommit()
  }

  #noteCommit(): void {
    this.#lastCommitAt = performance.now()
    this.#bytesSinceCommit = 0
  }

  add(run: RecordRun): void {
    this.#buffer.add(run)
    this.#staging.noteArrived(run.rows)
    this.#recordsSinceState += run.rows
    this.#bytesSinceCommit += run.sizeBytes
    const { recordsRead, bytesRead } = this.#progress
    this.#progress = {
      ...this.#progress,
      recordsRead: recordsRead + run.rows,
      bytesRead: bytesRead + run.sizeBytes,
    }
  }

  /** How many records came since this was asked last: with each state. */
  takeCount(): number {
    const records = this.#recordsSinceState
    this.#recordsSinceState = 0
    return records
  }

  /** The source vouches for everything that it sent so far. @param text of the stream's own; undefined where all streams share one */
  noteState(text: string | undefined): void {
    this.#staging.noteState(text)
  }

  /** Brings what waits into the staging table; of much that waits only whole groups of rows, which cost the warehouse less. */
  async stageBuffered({ isMuch = false } = {}): Promise<void> {
    const batch = isMuch ? this.#buffer.takeGroups() : this.#buffer.take()
    if (batch.rows > 0) await this.#inSpan('stage', () => this.#staging.stage(batch))
  }

  /**
   * Makes ready what is committed next; everything is staged. Not within its transaction: DuckDB takes no rows out of a table that the
   * same transaction altered. With `onlyCheckpointed` the records that came after the last state go.
   */
  async prepare({ onlyCheckpointed }: { readonly onlyCheckpointed: boolean }): Promise<void> {
    const { columns } = this.options
    const { table } = this.#staging
    if (onlyCheckpointed) await this.#staging.dropAfterCheckpoint()
    // A source that is through without a record has an empty table to give.
    if (!table.columns) await table.createFor(columns)
    this.#request = this.#requestFor(await this.#session.columns(this.options.stream), this.#request.replacesTable)
    table.columns = await settleNumbers(this.#session.staging, this.#request, table, columns)
    await keepColumns(this.#session.staging, this.#request, table)
    const passed = { relation: passedRows(this.#request, table), columns: table.columns }
    await checkTextCursor(this.#session.staging, this.#request, passed)
    await this.#tellNulled(passed.relation)
  }

  /** Of each field once in a sync. */
  async #tellNulled(relation: string): Promise<void> {
    for (const [field, told] of await nulledValues(this.#session.staging, relation)) {
      if (!this.#nulled.has(field)) this.options.onWarning(told)
      this.#nulled.add(field)
    }
  }

  /** Part of a transaction. */
  publish(): Promise<Published> {
    const { syncId } = this.options.previous
    const expected = this.#progress.hasPublished ? syncId + 1 : syncId
    const { table, state } = this.#staging
    return this.#inSpan('commit', async () => {
      table.rows -= await dropFiltered(this.#session.staging, this.#request, table)
      return publishWithState(this.#session, this.#request, table, state, expected)
    })
  }

  #inSpan<T>(phase: string, work: () => Promise<T>): Promise<T> {
    return inSpan(phase, { attributes: { 'millrace.stream': this.options.stream.name } }, work)
  }

  /** After the transaction. */
  async committed({ rows, changes }: Published): Promise<void> {
    const { recordsCommitted, schemaChanges } = this.#progress
    this.#progress = {
      ...this.#progress,
      recordsCommitted: recordsCommitted + rows,
      schemaChanges: [...schemaChanges, ...changes],
      hasPublished: true,
    }
    this.#noteCommit()
    this.#request = { ...this.#request, replacesTable: false }
    await this.#staging.renew(this.#request)
  }

  dispose(): Promise<void> {
    return this.#staging.dispose()
  }
}
