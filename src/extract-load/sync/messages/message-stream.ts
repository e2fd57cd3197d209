import { inSpan } from '../../../base/index.js'
import { quoteIdentifier } from '../../../sql/index.js'
import { inTransaction } from '../../../warehouse/index.js'
import type { RecordRun } from '../../connectors/connector.js'
import type { ConnectionStream, SchemaChange } from '../../contract.js'
import type { DestinationSession, Published } from '../../destinations/destination.js'
import { extractLoadErrors } from '../../errors.js'
import type { NameOf } from '../../fields/loaded-names.js'
import { checkTextCursor } from '../../loading/request/column-cursor.js'
import type { SchemaVerdict } from '../../loading/request/judge-schema.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import { countRows } from '../../loading/rows/counts.js'
import { prepareMappers } from '../../loading/rows/map-values.js'
import { nulledValues } from '../../loading/rows/nulled-values.js'
import { RecordBuffer } from '../../loading/rows/record-buffer.js'
import { metaColumns, type TableColumn } from '../../loading/rows/table-shape.js'
import { keepColumns } from '../../loading/stage/keep-columns.js'
import { dropFiltered, passedRows, settleNumbers, stagedColumns, takenUp } from '../../loading/stage/stage-records.js'
import { dropLeftovers, StagingTable } from '../../loading/stage/staging-table.js'
import { modeOf, type StreamState, writePending } from '../../loading/state/state-table.js'
import type { DeclaredColumn } from '../../protocol/declared-types.js'
import type { StreamPlan } from '../plan/plan-stream.js'
import { publishWithState } from '../publish/publish-with-state.js'

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
  /** The fields of which it was told that a value became NULL. */
  readonly #nulled = new Set<string>()
  /** The staging table is noted as one that the next sync goes on with. */
  #isKept = false
  /** Since the last state. */
  recordsSinceState = 0
  recordsRead = 0
  recordsCommitted = 0
  bytesRead = 0
  schemaChanges: readonly SchemaChange[] = []
  status: 'running' | 'complete' | 'incomplete' = 'running'
  /** How many records had come when it was complete. */
  #recordsAtEnd: number | undefined
  /** Why it is incomplete, where its source said so. */
  incompleteBy: unknown
  /** Why it has no records, where its source said so. */
  whyEmpty: string | undefined
  /** Everything was committed, and nothing more is expected. */
  isFinished = false
  hasPublished = false
  /** How far it came was noted in this sync. */
  keptProgress = false
  /** It could not be brought into its table; nothing more of it is committed. */
  hasFailed = false
  bytesSinceCommit = 0
  lastCommitAt = performance.now()

  constructor(session: DestinationSession, options: MessageStreamOptions) {
    this.options = options
    this.#session = session
    this.#buffer = new RecordBuffer(options.columns)
    this.#request = this.#requestFor([], options.plan.replacesTable)
    this.#state = options.plan.state
    const { resumes } = options.plan
    this.#staging = new StagingTable(session.staging, this.#request, { identifier: resumes?.table })
    if (!resumes) return
    this.#staging.rows = resumes.rows
    this.#arrived = resumes.rows
    this.#vouched = resumes.rows
    this.#isKept = true
  }

  get name(): string {
    return this.options.stream.name
  }

  get bufferedBytes(): number {
    return this.#buffer.sizeBytes
  }

  /** What is held for its columns besides. */
  get columnsBytes(): number {
    return this.#buffer.columnsBytes
  }

  /** The source vouches for what nobody committed yet. */
  get hasState(): boolean {
    return this.#hasState
  }

  /** Nothing came since the last commit. */
  get isCommitted(): boolean {
    return !this.#hasState && this.#arrived === 0
  }

  /** Its source said that it is complete, and sent nothing more of it. */
  get isWhole(): boolean {
    return this.status === 'complete' && this.#recordsAtEnd === this.recordsRead
  }

  noteComplete(): void {
    this.status = 'complete'
    this.#recordsAtEnd = this.recordsRead
  }

  /** It is read from the start in this sync. */
  get startsOver(): boolean {
    return this.options.plan.replacesTable
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
      // Its columns have them already.
      paths: [],
      held: this.#session.held(rest.stream),
      table,
      replacesTable,
      generationId: plan.generationId,
      onProgress: () => {},
    }
  }

  /** @throws SOURCE_SCHEMA_CHANGED where a load that was broken off cannot go on */
  async start(): Promise<void> {
    const { resumes } = this.options.plan
    await prepareMappers(this.#session.staging, this.options.stream)
    await dropLeftovers(this.#session.staging, this.#request, resumes?.table)
    if (!resumes) {
      // What an attempt before this one noted is not what a later one is to go on from.
      if (this.options.previous.pending) await this.#forget()
      return
    }
    if (await this.#takeUpStaging()) return this.#trim(resumes.rows)
    await this.#forget()
    throw extractLoadErrors.create('SOURCE_SCHEMA_CHANGED', {
      message: `The columns of the stream \`${this.name}\` are others than when its first load was broken off.`,
      hint: 'Sync again: it starts over.',
    })
  }

  /** Makes of the staging table what it was before it was made ready to be published. @returns whether it has the stream's columns */
  async #takeUpStaging(): Promise<boolean> {
    const { relation, name } = this.#staging
    const found = await this.options.warehouse.columns(name)
    const wanted = stagedColumns(this.options.columns)
    const names = [...wanted, ...metaColumns].map((column) => column.name)
    if (found.map((column) => column.name).join('\n') !== names.join('\n')) return false
    const columns: TableColumn[] = []
    for (const [i, column] of wanted.entries()) {
      const taken = await takenUp(this.#session.staging, relation, column, found[i]?.type)
      if (!taken) return false
      columns.push(taken)
    }
    this.#staging.columns = columns
    return true
  }

  /**
   * Leaves the first rows of a staging table: the ones that the last state speaks for. Written anew where more are there, so that rows
   * are numbered without a gap again.
   */
  async #trim(rows: number): Promise<void> {
    const { staging } = this.#session
    const { relation, name } = this.#staging
    if ((await countRows(staging, relation)) === rows) return
    const whole = quoteIdentifier(`${name.identifier}_whole`)
    await inTransaction(staging, async () => {
      await staging.query(`alter table ${relation} rename to ${whole}`)
      const from = `${quoteIdentifier(name.schema)}.${whole}`
      await staging.query(`create table ${relation} as select * from ${from} where rowid < ${rows} order by rowid`)
      await staging.query(`drop table ${from}`)
    })
  }

  /** Notes how far the load has come, so that the next sync can go on from there; everything is staged. */
  async keep(): Promise<void> {
    if (!this.#session.keepsStaging || !this.#hasState || !this.#staging.columns || this.#state === undefined) return
    const { connectionName, stream, plan } = this.options
    await writePending(this.#session.tables, connectionName, this.name, {
      table: this.#staging.name.identifier,
      rows: this.#vouched,
      state: this.#state,
      mode: modeOf(stream),
      generationId: plan.generationId,
    })
    this.#isKept = true
    this.keptProgress = true
    this.#noteCommit()
  }

  #noteCommit(): void {
    this.lastCommitAt = performance.now()
    this.bytesSinceCommit = 0
  }

  async #forget(): Promise<void> {
    this.#isKept = false
    await writePending(this.#session.tables, this.options.connectionName, this.name, undefined)
  }

  add(run: RecordRun): void {
    this.#buffer.add(run)
    this.#arrived += run.rows
    this.recordsRead += run.rows
    this.recordsSinceState += run.rows
    this.bytesRead += run.sizeBytes
    this.bytesSinceCommit += run.sizeBytes
  }

  /** The source vouches for everything that it sent so far. @param text of the stream's own; undefined where all streams share one */
  noteState(text: string | undefined): void {
    this.#vouched = this.#arrived
    this.#hasState = true
    this.#state = text ?? this.#state
  }

  /** Brings what waits into the staging table; of much that waits only whole groups of rows, which cost the warehouse less. */
  async stageBuffered({ isMuch = false } = {}): Promise<void> {
    const batch = isMuch ? this.#buffer.takeGroups() : this.#buffer.take()
    if (batch.rows > 0) await this.#inSpan('stage', () => this.#staging.add(batch))
  }

  /**
   * Makes ready what is committed next; everything is staged. Not within its transaction: DuckDB takes no rows out of a table that the
   * same transaction altered. With `onlyVouched` the records that came after the last state go.
   */
  async prepare({ onlyVouched }: { readonly onlyVouched: boolean }): Promise<void> {
    const { columns } = this.options
    if (onlyVouched && this.#vouched < this.#arrived && this.#staging.columns) {
      await this.#session.staging.query(`delete from ${this.#staging.relation} where rowid >= ${this.#vouched}`)
      this.#staging.rows = this.#vouched
    }
    // A source that is through without a record has an empty table to give.
    if (!this.#staging.columns) await this.#staging.createFor(columns)
    this.#request = this.#requestFor(await this.#session.columns(this.options.stream), this.#request.replacesTable)
    this.#staging.columns = await settleNumbers(this.#session.staging, this.#request, this.#staging, columns)
    await keepColumns(this.#session.staging, this.#request, this.#staging)
    const passed = { relation: passedRows(this.#request, this.#staging), columns: this.#staging.columns }
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
    const expected = this.hasPublished ? syncId + 1 : syncId
    return this.#inSpan('commit', async () => {
      this.#staging.rows -= await dropFiltered(this.#session.staging, this.#request, this.#staging)
      return publishWithState(this.#session, this.#request, this.#staging, this.#state, expected)
    })
  }

  #inSpan<T>(phase: string, work: () => Promise<T>): Promise<T> {
    return inSpan(phase, { attributes: { 'millrace.stream': this.options.stream.name } }, work)
  }

  /** After the transaction. */
  async committed({ rows, changes }: Published): Promise<void> {
    this.recordsCommitted += rows
    this.schemaChanges = [...this.schemaChanges, ...changes]
    this.hasPublished = true
    this.#arrived = 0
    this.#vouched = 0
    this.#hasState = false
    this.#isKept = false
    this.#noteCommit()
    await this.#staging.drop()
    this.#request = { ...this.#request, replacesTable: false }
    this.#staging = new StagingTable(this.#session.staging, this.#request)
  }

  async dispose(): Promise<void> {
    if (!this.#isKept) await this.#staging.drop()
  }
}
