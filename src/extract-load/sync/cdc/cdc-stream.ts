import { inSpan } from '../../../base/index.js'
import type { CdcEvent } from '../../connectors/connector.js'
import type { ConnectionStream, SchemaChange } from '../../contract.js'
import { type DestinationSession, fileColumns } from '../../destinations/destination.js'
import { asLoaded, loadedNames } from '../../fields/loaded-names.js'
import { offeredColumn } from '../../fields/offered-field.js'
import { fillUnchanged } from '../../loading/merge/fill-unchanged.js'
import { judgeSchema, readStream, type SchemaSituation } from '../../loading/request/judge-schema.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import { prepareMappers } from '../../loading/rows/map-values.js'
import type { TableColumn } from '../../loading/rows/table-shape.js'
import { keepColumns } from '../../loading/stage/keep-columns.js'
import { ChangeStage } from '../../loading/stage/stage-changes.js'
import { StagingTable } from '../../loading/stage/staging-table.js'
import { readState, type StreamState, writeState } from '../../loading/state/state-table.js'
import type { StreamResult } from '../../sync-contract.js'
import { notedFields, publishWithState } from '../publish/publish-with-state.js'

type Changes = Extract<CdcEvent, { type: 'changes' }>

export interface CdcStreamOptions {
  /** As configured. */
  readonly stream: ConnectionStream
  readonly connection: SchemaSituation['connection']
  readonly warehouse: LoadRequest['warehouse']
  /** The most that the name of a column may have. */
  readonly maxNameBytes: number
  readonly extractedAt: Date
  readonly limits: LoadRequest['limits']
  readonly signal: AbortSignal | undefined
  readonly onWarning: (message: string) => void
  /** Is told of changes that are passed over. */
  readonly onIgnored: (message: string) => void
}

/** One stream of a sync that reads the log of a database: what changed is staged, and brought into the table with the position in the log. */
export class CdcStream {
  readonly options: CdcStreamOptions
  readonly #session: DestinationSession
  /** As committed. */
  #committed: StreamState
  #request: LoadRequest
  #staging: StagingTable
  #stage: ChangeStage
  #situation: SchemaSituation
  /** What the log last told of the table, which was judged. */
  #columns: Changes['columns'] | undefined
  /** Made ready to be committed. */
  #rows = 0
  recordsRead = 0
  recordsCommitted = 0
  bytesRead = 0
  schemaChanges: readonly SchemaChange[] = []
  #wasCleared = false
  /** It could not be brought into its table; nothing more of it is committed. */
  #hasFailed = false
  /** Why it is read anew when the log is through; nothing more of it is committed. */
  leftBecause: string | undefined

  private constructor(
    session: DestinationSession,
    options: CdcStreamOptions,
    committed: StreamState,
    table: readonly TableColumn[],
  ) {
    const { connection, stream, maxNameBytes, onIgnored } = options
    const nameOf = loadedNames(stream, maxNameBytes, committed.names)
    this.#session = session
    this.options = options
    this.#committed = committed
    this.#situation = { connection, stream, table, nameOf, accepted: committed.accepted, onIgnored }
    this.#request = {
      ...options,
      connectionName: connection.name,
      stream: asLoaded(readStream(this.#situation), nameOf),
      nameOf,
      paths: [],
      previous: committed,
      existing: session.existing(stream),
      table: [],
      replacesTable: false,
      generationId: committed.generationId,
      onProgress: () => {},
    }
    this.#staging = this.#newStaging()
    this.#stage = new ChangeStage(session.staging, this.#request)
  }

  /** @param options of a stream whose snapshot is in its table */
  static async open(session: DestinationSession, options: CdcStreamOptions): Promise<CdcStream> {
    const { connection, stream } = options
    await prepareMappers(session.staging, stream)
    const committed = await readState(session.tables, connection.name, stream.name)
    return new CdcStream(session, options, committed, await session.columns(stream))
  }

  /** Its rows go on from the log. */
  get isFollowed(): boolean {
    return !this.#hasFailed && this.leftBecause === undefined
  }

  get hasFailed(): boolean {
    return this.#hasFailed
  }

  noteFailed(): void {
    this.#hasFailed = true
  }

  get name(): string {
    return this.options.stream.name
  }

  get generationId(): number {
    return this.#committed.generationId
  }

  /** As committed, as the connector wrote it. */
  get state(): unknown {
    return this.#committed.state === undefined ? undefined : JSON.parse(this.#committed.state)
  }

  /** The table is another one than before. */
  get hasChanged(): boolean {
    return this.recordsCommitted > 0 || this.schemaChanges.length > 0 || this.#wasCleared
  }

  /** @throws what judging the table's columns throws, when they are others than before */
  async add(changes: Changes): Promise<void> {
    if (changes.columns !== this.#columns) this.#judge(changes.columns)
    const { rowCount } = changes.chunk
    this.recordsRead += rowCount
    this.bytesRead += changes.sizeBytes
    await this.#stage.add(changes, this.#staging)
  }

  #judge(columns: Changes['columns']): void {
    const schema = judgeSchema(this.#situation, columns.map(offeredColumn))
    this.#columns = columns
    this.#situation = { ...this.#situation, accepted: schema.accepted }
    this.#request = { ...this.#request, schema }
  }

  /** All rows are gone, of the table and of those that wait. */
  async truncate(at: string): Promise<void> {
    if (!this.options.stream.destinationSyncMode.endsWith('dedup')) {
      this.options.onWarning('the table was truncated in its database: the rows that were appended until then stay')
      return
    }
    await this.#discard()
    this.#request = { ...this.#request, truncatedAt: at }
  }

  async #discard(): Promise<void> {
    await this.#staging.drop()
    this.#staging = this.#newStaging()
    this.#stage = new ChangeStage(this.#session.staging, this.#request)
  }

  #newStaging(): StagingTable {
    return new StagingTable(this.#session.staging, this.#request, { isTemporary: true })
  }

  /** Makes ready what is committed next. Not within its transaction: DuckDB deletes nothing from a table that the same one altered. */
  async prepare(): Promise<void> {
    await this.#stage.bringIn(this.#staging)
    this.#rows = 0
    if (!this.#staging.columns) return
    this.#request = { ...this.#request, table: await this.#session.columns(this.options.stream) }
    // Of rows that are gone none has a value to give.
    const known = this.#request.truncatedAt === undefined ? this.#request : { ...this.#request, table: [] }
    this.#staging.columns = await fillUnchanged(this.#session.staging, known, this.#staging)
    await keepColumns(this.#session.staging, this.#request, this.#staging)
    this.#rows = this.#staging.rows
  }

  /** Part of a transaction, whose caller may try again. @param state as the connector has it */
  async publish(state: unknown): Promise<{ readonly rows: number; readonly changes: readonly SchemaChange[] }> {
    const { stream, connectionName } = this.#request
    const text = JSON.stringify(state)
    if (!this.#staging.columns) {
      await this.#session.clearTruncated(this.#request)
      const { generationId, syncId } = this.#committed
      const next = { state: text, generationId, syncId: syncId + 1, ...notedFields(this.#request) }
      await writeState(this.#session.tables, connectionName, stream, next, syncId)
      return { rows: 0, changes: [] }
    }
    this.#staging.rows = this.#rows
    const { changes } = await inSpan('commit', { attributes: { 'millrace.stream': stream.name } }, () =>
      publishWithState(this.#session, this.#request, this.#staging, text),
    )
    return { rows: this.#rows, changes }
  }

  /** After the transaction. */
  async committed(
    state: unknown,
    { rows, changes }: { readonly rows: number; readonly changes: readonly SchemaChange[] },
  ): Promise<void> {
    this.recordsCommitted += rows
    this.schemaChanges = [...this.schemaChanges, ...changes]
    const { syncId } = this.#committed
    this.#committed = {
      ...this.#committed,
      state: JSON.stringify(state),
      syncId: syncId + 1,
      ...notedFields(this.#request),
    }
    this.#wasCleared ||= this.#request.truncatedAt !== undefined
    this.#request = { ...this.#request, previous: this.#committed, truncatedAt: undefined }
    await this.#discard()
  }

  countRows(): Promise<number | undefined> {
    return this.#session.countRows(this.options.stream)
  }

  columns(): Promise<StreamResult['columns']> {
    return fileColumns(this.#session, this.options.stream)
  }

  dispose(): Promise<void> {
    return this.#discard()
  }
}
