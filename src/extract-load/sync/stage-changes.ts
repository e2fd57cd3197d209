import { quoteIdentifier } from '../../sql/index.js'
import type { ColumnChunk, WarehouseConnection } from '../../warehouse/index.js'
import type { CdcColumn, CdcEvent } from '../connectors/connector.js'
import { isNulled, type Misfit, metaWithNotes } from './change-notes.js'
import { decimalOf } from './decimal-of.js'
import type { RowSource } from './insert-rows.js'
import { type LoadRequest, quoteRelation } from './load-request.js'
import { stageRows } from './stage-rows.js'
import { metaValues, type Staging } from './staged.js'
import { stagingName } from './staging-table.js'
import type { TableColumn } from './table-shape.js'

/** The names of a row's columns whose value is the one that it had before. */
export const unchangedColumn: TableColumn = { name: '_millrace_unchanged', type: 'VARCHAR', kind: 'text' }

/** So many chunks or bytes are appended together: each time costs a commit of the warehouse. */
const mostChunks = 32
const mostBytes = 16 * 1024 * 1024

/** Rows of a stream from a log, all of the same columns, as they come: texts are texts until the rows are brought into the staging table. */
export class ChangeStage {
  readonly columns: readonly CdcColumn[]
  readonly #connection: WarehouseConnection
  readonly #request: LoadRequest
  readonly #name: { readonly schema: string; readonly identifier: string }
  readonly #relation: string
  #chunks: ColumnChunk[] = []
  #bytes = 0
  #isCreated = false
  #hasUnchanged = false
  #rows = 0
  /** Rows, by their numbers, whose value had no place in a column. */
  readonly #unfit = new Map<string, number[]>()

  constructor(connection: WarehouseConnection, request: LoadRequest, columns: readonly CdcColumn[]) {
    this.columns = columns
    this.#connection = connection
    this.#request = request
    const { schema, table } = request.stream
    this.#name = { schema, identifier: stagingName(table) }
    this.#relation = quoteRelation(request.warehouse, schema, this.#name.identifier)
  }

  async add({ chunk, sizeBytes, hasUnchanged }: Extract<CdcEvent, { type: 'changes' }>): Promise<void> {
    this.#chunks.push(chunk)
    this.#noteUnfit(chunk)
    this.#bytes += sizeBytes
    this.#hasUnchanged ||= hasUnchanged
    if (this.#chunks.length >= mostChunks || this.#bytes >= mostBytes) await this.#append()
  }

  #noteUnfit({ columns, rowCount }: ColumnChunk): void {
    for (const [i, { unfitRows = [] }] of columns.entries()) {
      if (unfitRows.length === 0) continue
      const { name } = this.columns[i] as CdcColumn
      const rows = this.#unfit.get(name) ?? []
      this.#unfit.set(name, rows)
      for (const row of unfitRows) rows.push(this.#rows + row)
    }
    this.#rows += rowCount
  }

  async #append(): Promise<void> {
    if (this.#chunks.length === 0) return
    if (!this.#isCreated) await this.#create()
    const appender = await this.#connection.appendTo?.(this.#name)
    if (!appender) throw new Error('The warehouse takes no columns.')
    try {
      for (const chunk of this.#chunks) appender.append(chunk)
    } finally {
      appender.close()
    }
    this.#chunks = []
    this.#bytes = 0
  }

  async #create(): Promise<void> {
    const columns = [
      ...this.columns.map(({ name, type, fromText }) => ({ name, type: fromText ? 'VARCHAR' : type })),
      unchangedColumn,
    ]
    const definitions = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`)
    await this.#connection.query(`create table ${this.#relation} (${definitions.join(', ')})`)
    this.#isCreated = true
  }

  /** Adds the rows to the staging table, in their order, with the types of their columns. */
  async bringInto(staging: Staging) {
    await this.#append()
    const values = new Map<string, string>()
    const columns: TableColumn[] = []
    for (const column of this.columns) {
      const { value, ...settled } = await this.#settled(column)
      columns.push(settled)
      values.set(column.name, value)
    }
    if (this.#hasUnchanged) columns.push(unchangedColumn)
    const source: RowSource = {
      columns,
      value: ({ name }) => values.get(name) ?? quoteIdentifier(name),
      meta: new Map([...metaValues(this.#request), ['_airbyte_meta', this.#meta(values)]]),
      from: `from ${this.#relation} order by rowid`,
    }
    const staged = await stageRows(this.#connection, this.#request, staging, source)
    await this.drop()
    return staged
  }

  /** A column with its type, and the SQL of its values. */
  async #settled({ name, type, kind, fromText, isUnboundedNumber }: CdcColumn) {
    const text = quoteIdentifier(name)
    if (!isUnboundedNumber) return { name, type, kind, value: fromText?.(text) ?? text }
    const decimal = await decimalOf(this.#connection, this.#relation, text)
    if (decimal?.isEmpty) return { name, ...decimal, value: `case when ${isNumber(text)} then ${text} end` }
    if (!decimal) return { name, type, kind, value: `case when ${isNumber(text)} then ${text} end` }
    return { name, ...decimal, value: `try_cast(${text} as ${decimal.type})` }
  }

  #meta(values: ReadonlyMap<string, string>): string {
    const usual = metaValues(this.#request).get('_airbyte_meta') as string
    const misfits: Misfit[] = this.columns
      .filter(({ kind, isUnboundedNumber }) => isUnboundedNumber || kind !== 'text')
      .map(({ name }) => {
        const text = quoteIdentifier(name)
        return { name, value: values.get(name) ?? text, text }
      })
      .filter(({ value, text }) => value !== text)
      .map(({ name, value, text }) => ({ field: name, isMisfit: isNulled(text, value) }))
    for (const [name, rows] of this.#unfit)
      misfits.push({
        field: name,
        isMisfit: `rowid in (select unnest([${rows.join(', ')}]))`,
        reason: 'DESTINATION_FIELD_SIZE_LIMITATION',
      })
    if (misfits.length === 0) return usual
    const isUsual = misfits.map(({ isMisfit }) => `not ${isMisfit}`).join(' and ')
    return `case when ${isUsual} then ${usual} else ${metaWithNotes('[]::json[]', misfits, this.#request.previous.syncId + 1)} end`
  }

  async drop(): Promise<void> {
    this.#chunks = []
    if (this.#isCreated) await this.#connection.query(`drop table if exists ${this.#relation}`).catch(() => {})
    this.#isCreated = false
  }
}

/** NaN and the infinities are no numbers that a decimal has. */
const isNumber = (text: string) => `${text} not in ('NaN', 'Infinity', '-Infinity')`
