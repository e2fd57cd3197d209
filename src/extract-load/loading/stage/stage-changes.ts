import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'
import { appending, type ColumnChunk, inTransaction, type WarehouseConnection } from '../../../warehouse/index.js'
import { type CdcColumn, type CdcEvent, unchangedSeparator } from '../../connectors/connector.js'
import { isSelected } from '../../fields/selection.js'
import type { LoadRequest } from '../request/load-request.js'
import { isNulled, type Misfit, metaUnless, metaWithNotes } from '../rows/change-notes.js'
import { decimalOf, isNoNumber } from '../rows/decimal-of.js'
import type { RowSource } from '../rows/insert-rows.js'
import { mappedValue, mapperMisfit } from '../rows/map-values.js'
import type { TableColumn } from '../rows/table-shape.js'
import { stageRows } from './stage-rows.js'
import { metaValues, temporaryName, temporaryRelation } from './staged.js'
import type { StagingTable } from './staging-table.js'

type Changes = Extract<CdcEvent, { type: 'changes' }>

/** The names of a row's columns whose value is the one that it had before. */
export const unchangedColumn: TableColumn = { name: '_millrace_unchanged', type: 'VARCHAR', kind: 'text' }

/** So many chunks or bytes are brought in together. */
const mostChunks = 64
const mostBytes = 16 * 1024 * 1024

/** Texts as the log has them; there is one at a time in a session. */
const rawTable = '_millrace_changes'
const raw = temporaryRelation(rawTable)
/** Whatever its name is in the log: DuckDB might have that one for itself. */
const rawColumn = (place: number) => `c${place}`

/** Brings rows of a log into the staging table of their stream, some at a time: texts become what their columns hold. */
export class ChangeStage {
  readonly #connection: WarehouseConnection
  readonly #request: LoadRequest
  #columns: readonly CdcColumn[] = []
  #chunks: ColumnChunk[] = []
  #bytes = 0
  #hasUnchanged = false
  #rows = 0
  /** Rows, by their numbers, whose value had no place in a column. */
  readonly #unfit = new Map<string, number[]>()

  constructor(connection: WarehouseConnection, request: LoadRequest) {
    this.#connection = connection
    this.#request = request
  }

  async add({ columns, ...changes }: Changes, staging: StagingTable): Promise<void> {
    if (columns !== this.#columns) await this.bringIn(staging)
    this.#columns = columns
    this.#chunks.push(changes.chunk)
    this.#noteUnfit(changes.chunk)
    this.#bytes += changes.sizeBytes
    this.#hasUnchanged ||= changes.hasUnchanged
    if (this.#chunks.length >= mostChunks || this.#bytes >= mostBytes) await this.bringIn(staging)
  }

  /** Brings what waits into the staging table, in its order. */
  async bringIn(staging: StagingTable): Promise<void> {
    if (this.#chunks.length === 0) return
    await this.#append()
    const { stream, nameOf } = this.#request
    const values = new Map<string, string>()
    /** As the log has them, by the names of their fields. */
    const read = new Map<string, string>()
    const columns: TableColumn[] = []
    for (const [i, column] of this.#columns.entries()) {
      const name = nameOf(column.name)
      if (!isSelected(stream, name)) continue
      const { value, ...settled } = await this.#settled(column, rawColumn(i))
      const mapped = mappedValue(stream, name, value)
      columns.push(mapped === undefined ? { ...settled, name } : { name, type: 'VARCHAR', kind: 'text' })
      values.set(name, mapped ?? value)
      read.set(column.name, value)
    }
    if (this.#hasUnchanged) {
      columns.push(unchangedColumn)
      values.set(unchangedColumn.name, this.#unchangedNames())
    }
    const source: RowSource = {
      columns,
      value: ({ name }) => values.get(name) ?? quoteIdentifier(name),
      meta: new Map([...metaValues(this.#request), ['_airbyte_meta', this.#meta(read)]]),
      // In their order, also for who has told DuckDB not to keep it.
      from: `from (select *, rowid from ${raw} order by rowid) changes`,
    }
    const staged = await stageRows(this.#connection, this.#request, staging, source)
    staging.columns = staged.columns
    staging.rows += staged.rows
    await this.#connection.query(`drop table ${raw}`)
    this.#chunks = []
    this.#rows = 0
    this.#unfit.clear()
    this.#bytes = 0
    this.#hasUnchanged = false
  }

  #noteUnfit({ columns, rowCount }: ColumnChunk): void {
    for (const [i, { unfitRows = [] }] of columns.entries()) {
      if (unfitRows.length === 0) continue
      const { name } = this.#columns[i] as CdcColumn
      const rows = this.#unfit.get(name) ?? []
      this.#unfit.set(name, rows)
      for (const row of unfitRows) rows.push(this.#rows + row)
    }
    this.#rows += rowCount
  }

  async #append(): Promise<void> {
    const columns = [
      ...this.#columns.map(({ type, fromText }, i) => ({ name: rawColumn(i), type: fromText ? 'VARCHAR' : type })),
      unchangedColumn,
    ]
    const definitions = columns.map(({ name, type }) => `${name} ${type}`)
    await inTransaction(this.#connection, async () => {
      await this.#connection.query(`create or replace temp table ${raw} (${definitions.join(', ')})`)
      await appending(this.#connection, temporaryName(rawTable), async (appender) => {
        for (const chunk of this.#chunks) await appender.append(chunk)
      })
    })
  }

  /** A column with its type, and the SQL of its values. */
  async #settled({ name, type, kind, fromText, isUnboundedNumber }: CdcColumn, text: string) {
    if (!isUnboundedNumber) return { name, type, kind, value: fromText?.(text) ?? text }
    const decimal = await decimalOf(this.#connection, raw, text)
    const isText = decimal === undefined || decimal.isEmpty
    const value = isText ? `case when not ${isNoNumber(text)} then ${text} end` : `try_cast(${text} as ${decimal.type})`
    return { name, ...(decimal ?? { type, kind }), value }
  }

  /** SQL: the columns whose values did not change, by the names that they have in the table. */
  #unchangedNames(): string {
    const { nameOf } = this.#request
    const own = quoteIdentifier(unchangedColumn.name)
    const others = this.#columns.filter(({ name }) => nameOf(name) !== name)
    if (others.length === 0) return own
    const between = (name: string) => quoteLiteral(unchangedSeparator + name + unchangedSeparator)
    // Two that change their names with each other must not be told by the first one's new name.
    const marked = others.reduce(
      (sql, { name }) => `replace(${sql}, ${between(name)}, ${between(`${renamedMark}${nameOf(name)}`)})`,
      own,
    )
    return `replace(${marked}, ${quoteLiteral(renamedMark)}, '')`
  }

  #meta(values: ReadonlyMap<string, string>): string {
    const { stream, nameOf, previous } = this.#request
    const usual = metaValues(this.#request).get('_airbyte_meta') as string
    const misfits: Misfit[] = this.#columns.flatMap(({ name, kind, isUnboundedNumber }, i) => {
      const [text, value] = [rawColumn(i), values.get(name)]
      const mayNotFit = value !== undefined && value !== text && (isUnboundedNumber || kind !== 'text')
      const ofType = mayNotFit ? [{ field: nameOf(name), isMisfit: isNulled(text, value) }] : []
      const ofMapper = value === undefined ? undefined : mapperMisfit(stream, nameOf(name), value)
      return ofMapper ? [...ofType, ofMapper] : ofType
    })
    for (const [name, rows] of this.#unfit)
      misfits.push({
        field: nameOf(name),
        isMisfit: `rowid in (select unnest([${rows.join(', ')}]))`,
        reason: 'DESTINATION_FIELD_SIZE_LIMITATION',
      })
    return metaUnless(misfits, usual, metaWithNotes('[]::json[]', misfits, previous.syncId + 1))
  }
}

/** Stands in front of a name that was given just now. */
const renamedMark = '\u001e'
