import { quoteIdentifier } from '../../../sql/index.js'
import { inTransaction } from '../../../warehouse/index.js'
import type { DestinationSession } from '../../destinations/destination.js'
import { extractLoadErrors } from '../../errors.js'
import type { LoadRequest } from '../../loading/request/load-request.js'
import { countRows } from '../../loading/rows/counts.js'
import type { RecordBuffer } from '../../loading/rows/record-buffer.js'
import { metaColumns, type TableColumn } from '../../loading/rows/table-shape.js'
import { stagedColumns, takenUp } from '../../loading/stage/stage-records.js'
import { dropLeftovers, StagingTable } from '../../loading/stage/staging-table.js'
import { modeOf, writePending } from '../../loading/state/state-table.js'
import type { DeclaredColumn } from '../../protocol/declared-types.js'
import type { StreamPlan } from '../plan/plan-stream.js'

type Batch = ReturnType<RecordBuffer['take']>

/** What the next commit begins with. */
interface Begun {
  /** Records that came since the last commit. */
  readonly arrived: number
  /** How many of them the last state speaks for; undefined where none came since then. */
  readonly checkpointed: number | undefined
}
const nothing: Begun = { arrived: 0, checkpointed: undefined }

/**
 * Where the records of a stream lie until they are committed, and how many of them its source vouches for by a state. What is to replace a table
 * and was broken off stays, where the destination keeps what is staged, and the next sync goes on with it.
 */
export class ResumableStaging {
  readonly #session: DestinationSession
  readonly #columns: readonly DeclaredColumn[]
  readonly #resumes: StreamPlan['resumes']
  #request: LoadRequest
  #table: StagingTable
  #begun: Begun = nothing
  /** The last one of the source, of this sync or the one before. */
  #state: string | undefined
  /** The table is noted as one that the next sync goes on with. */
  #isKept = false

  constructor(
    session: DestinationSession,
    request: LoadRequest,
    { columns, plan }: { readonly columns: readonly DeclaredColumn[]; readonly plan: StreamPlan },
  ) {
    this.#session = session
    this.#request = request
    this.#columns = columns
    this.#state = plan.state
    this.#resumes = plan.resumes
    this.#table = new StagingTable(session.staging, request, { identifier: plan.resumes?.table })
    if (!plan.resumes) return
    this.#table.rows = plan.resumes.rows
    this.#begun = { arrived: plan.resumes.rows, checkpointed: undefined }
    this.#isKept = true
  }

  get table(): StagingTable {
    return this.#table
  }

  get state(): string | undefined {
    return this.#state
  }

  /** The source vouches for what nobody committed yet. */
  get hasState(): boolean {
    return this.#begun.checkpointed !== undefined
  }

  /** Nothing came since the last commit. */
  get isCommitted(): boolean {
    return !this.hasState && this.#begun.arrived === 0
  }

  /** @throws SOURCE_SCHEMA_CHANGED where a load that was broken off cannot go on */
  async start(): Promise<void> {
    await dropLeftovers(this.#session.staging, this.#request, this.#resumes?.table)
    if (!this.#resumes) {
      // What an attempt before this one noted is not what a later one is to go on from.
      if (this.#request.previous.pending) await this.#forget()
      return
    }
    if (await this.#takeUp()) return this.#trim(this.#resumes.rows)
    await this.#forget()
    throw extractLoadErrors.create('SOURCE_SCHEMA_CHANGED', {
      message: `The columns of the stream \`${this.#request.stream.name}\` are others than when its first load was broken off.`,
      hint: 'Sync again: it starts over.',
    })
  }

  /** Makes of the table what it was before it was made ready to be published. @returns whether it has the stream's columns */
  async #takeUp(): Promise<boolean> {
    const { relation, name } = this.#table
    const found = await this.#request.warehouse.columns(name)
    const wanted = stagedColumns(this.#columns)
    const names = [...wanted, ...metaColumns].map((column) => column.name)
    if (found.map((column) => column.name).join('\n') !== names.join('\n')) return false
    const columns: TableColumn[] = []
    for (const [i, column] of wanted.entries()) {
      const taken = await takenUp(this.#session.staging, relation, column, found[i]?.type)
      if (!taken) return false
      columns.push(taken)
    }
    this.#table.columns = columns
    return true
  }

  /** Leaves the first rows: the ones that the last state speaks for. Written anew where more are there, so that rows are numbered without a gap again. */
  async #trim(rows: number): Promise<void> {
    const { staging } = this.#session
    const { relation, name } = this.#table
    if ((await countRows(staging, relation)) === rows) return
    const whole = quoteIdentifier(`${name.identifier}_whole`)
    await inTransaction(staging, async () => {
      await staging.query(`alter table ${relation} rename to ${whole}`)
      const from = `${quoteIdentifier(name.schema)}.${whole}`
      await staging.query(`create table ${relation} as select * from ${from} where rowid < ${rows} order by rowid`)
      await staging.query(`drop table ${from}`)
    })
  }

  /** Records came, and will be staged. */
  noteArrived(rows: number): void {
    this.#begun = { ...this.#begun, arrived: this.#begun.arrived + rows }
  }

  /** The source vouches for everything that it sent so far. @param text of the stream's own; undefined where all streams share one */
  noteState(text: string | undefined): void {
    this.#begun = { ...this.#begun, checkpointed: this.#begun.arrived }
    this.#state = text ?? this.#state
  }

  stage(batch: Batch): Promise<void> {
    return this.#table.add(batch)
  }

  /** Takes the records out that came after the last state; everything is staged. */
  async dropAfterCheckpoint(): Promise<void> {
    const { arrived, checkpointed = 0 } = this.#begun
    if (checkpointed === arrived || !this.#table.columns) return
    await this.#session.staging.query(`delete from ${this.#table.relation} where rowid >= ${checkpointed}`)
    this.#table.rows = checkpointed
  }

  /** Notes how far the load has come, so that the next sync can go on from there; everything is staged. @returns whether it could be */
  async keep(): Promise<boolean> {
    const { checkpointed } = this.#begun
    if (!this.#session.keepsStaging || checkpointed === undefined || !this.#table.columns || this.#state === undefined)
      return false
    const { connectionName, stream, generationId } = this.#request
    await writePending(this.#session.tables, connectionName, stream.name, {
      table: this.#table.name.identifier,
      rows: checkpointed,
      state: this.#state,
      mode: modeOf(stream),
      generationId,
    })
    this.#isKept = true
    return true
  }

  async #forget(): Promise<void> {
    this.#isKept = false
    await writePending(this.#session.tables, this.#request.connectionName, this.#request.stream.name, undefined)
  }

  /** What was staged is committed: begins anew. */
  async renew(request: LoadRequest): Promise<void> {
    this.#begun = nothing
    this.#isKept = false
    await this.#table.drop()
    this.#request = request
    this.#table = new StagingTable(this.#session.staging, request)
  }

  async dispose(): Promise<void> {
    if (!this.#isKept) await this.#table.drop()
  }
}
