import { quoteIdentifier, quoteLiteral } from '../../sql/index.js'
import type { CdcColumn, CdcEvent } from '../connectors/connector.js'
import type { ConnectionStream, SchemaChange } from '../contract.js'
import type { DestinationSession } from '../destinations/destination.js'
import { fillUnchanged } from './fill-unchanged.js'
import { finalRelation, type LoadRequest } from './load-request.js'
import { publishWithState } from './load-stream.js'
import { ChangeStage } from './stage-changes.js'
import { dropLeftovers, StagingTable } from './staging-table.js'
import { readState, type StreamState, writeState } from './state-table.js'

type Changes = Extract<CdcEvent, { type: 'changes' }>

export interface CdcStreamOptions {
  readonly stream: ConnectionStream
  readonly warehouse: LoadRequest['warehouse']
  readonly connectionName: string
  readonly extractedAt: Date
  readonly signal: AbortSignal | undefined
  readonly onWarning: (message: string) => void
}

/** One stream of a sync that reads the log of a database: what changed is staged, and brought into the table with the position in the log. */
export class CdcStream {
  readonly options: CdcStreamOptions
  readonly #session: DestinationSession
  /** As committed. */
  #held: StreamState
  #request: LoadRequest
  #staging: StagingTable
  #stage: ChangeStage | undefined
  #truncatedAt: string | undefined
  #rows = 0
  recordsRead = 0
  recordsCommitted = 0
  bytesRead = 0
  schemaChanges: readonly SchemaChange[] = []
  /** The table was truncated in its database. */
  wasCleared = false
  /** It could not be brought into its table; nothing more of it is committed. */
  hasFailed = false
  /** Why it is read anew when the log is through; nothing more of it is committed. */
  leftBecause: string | undefined

  private constructor(session: DestinationSession, options: CdcStreamOptions, held: StreamState) {
    this.#session = session
    this.options = options
    this.#held = held
    this.#request = {
      ...options,
      previous: held,
      held: session.held(options.stream),
      table: [],
      replacesTable: false,
      generationId: held.generationId,
      onProgress: () => {},
    }
    this.#staging = new StagingTable(session.staging, this.#request)
  }

  /** @param options of a stream whose snapshot is in its table */
  static async open(session: DestinationSession, options: CdcStreamOptions): Promise<CdcStream> {
    const stream = new CdcStream(
      session,
      options,
      await readState(session.tables, options.connectionName, options.stream.name),
    )
    await dropLeftovers(session.staging, stream.#request)
    return stream
  }

  /** Its rows go on from the log. */
  get isFollowed(): boolean {
    return !this.hasFailed && this.leftBecause === undefined
  }

  get name(): string {
    return this.options.stream.name
  }

  get generationId(): number {
    return this.#held.generationId
  }

  /** As committed, as the connector wrote it. */
  get state(): unknown {
    return this.#held.state === undefined ? undefined : JSON.parse(this.#held.state)
  }

  async add(changes: Changes): Promise<void> {
    const { rowCount } = changes.chunk
    this.#rows += rowCount
    this.recordsRead += rowCount
    this.bytesRead += changes.sizeBytes
    await (await this.#stageFor(changes.columns)).add(changes)
  }

  async #stageFor(columns: readonly CdcColumn[]): Promise<ChangeStage> {
    if (this.#stage?.columns !== columns) {
      await this.#settle()
      this.#stage = new ChangeStage(this.#session.staging, this.#request, columns)
    }
    return this.#stage as ChangeStage
  }

  /** Brings what came so far into the staging table. */
  async #settle(): Promise<void> {
    const staged = await this.#stage?.bringInto(this.#staging)
    this.#stage = undefined
    if (!staged) return
    this.#staging.columns = staged.columns
    this.#staging.rows += staged.rows
  }

  /** All rows are gone, of the table and of those that wait. */
  async truncate(at: string): Promise<void> {
    if (!this.options.stream.destinationSyncMode.endsWith('dedup')) {
      this.options.onWarning('the table was truncated in its database: the rows that were appended until then stay')
      return
    }
    await this.#discard()
    this.#truncatedAt = at
  }

  async #discard(): Promise<void> {
    await this.#stage?.drop()
    await this.#staging.drop()
    this.#stage = undefined
    this.#staging = new StagingTable(this.#session.staging, this.#request)
    this.#rows = 0
  }

  /** Makes ready what is committed next. Not within its transaction: DuckDB deletes nothing from a table that the same one altered. */
  async prepare(): Promise<void> {
    await this.#settle()
    if (this.#staging.rows === 0) return
    this.#request = { ...this.#request, table: await this.#session.columns(this.options.stream) }
    // Of rows that are gone none has a value to give.
    const known = this.#truncatedAt === undefined ? this.#request : { ...this.#request, table: [] }
    this.#staging.columns = await fillUnchanged(this.#session.staging, known, this.#staging)
    this.#rows = this.#staging.rows
  }

  /** Part of a transaction, whose caller may try again. @param state as the connector has it */
  async publish(state: unknown): Promise<{ readonly rows: number; readonly changes: readonly SchemaChange[] }> {
    const { stream, connectionName } = this.options
    const text = JSON.stringify(state)
    if (this.#truncatedAt !== undefined) await this.#clear(this.#truncatedAt)
    if (this.#staging.rows === 0) {
      const { generationId, syncId } = this.#held
      const next = { state: text, generationId, syncId: syncId + 1 }
      await writeState(this.#session.tables, connectionName, stream, next, syncId)
      return { rows: 0, changes: [] }
    }
    this.#staging.rows = this.#rows
    const { changes } = await publishWithState(this.#session, this.#request, this.#staging, text)
    return { rows: this.#rows, changes }
  }

  async #clear(at: string): Promise<void> {
    const { tables } = this.#session
    const relation = finalRelation(this.#request)
    const deletedAt = quoteIdentifier('_ab_cdc_deleted_at')
    await tables.query(
      this.options.stream.dropsDeleted
        ? `delete from ${relation}`
        : `update ${relation} set ${deletedAt} = ${quoteLiteral(at)} where ${deletedAt} is null`,
    )
  }

  /** After the transaction. */
  async committed(
    state: unknown,
    { rows, changes }: { readonly rows: number; readonly changes: readonly SchemaChange[] },
  ): Promise<void> {
    this.recordsCommitted += rows
    this.schemaChanges = [...this.schemaChanges, ...changes]
    this.#held = { ...this.#held, state: JSON.stringify(state), syncId: this.#held.syncId + 1 }
    this.#request = { ...this.#request, previous: this.#held }
    this.wasCleared ||= this.#truncatedAt !== undefined
    this.#truncatedAt = undefined
    await this.#discard()
  }

  countRows(): Promise<number> {
    return this.#session.countRows(this.options.stream)
  }

  dispose(): Promise<void> {
    return this.#discard()
  }
}
