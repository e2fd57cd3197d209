import { randomUUID } from 'node:crypto'
import { quoteLiteral } from '../../sql/index.js'
import {
  inTransaction,
  type QueryOptions,
  type QueryProgress,
  type WarehouseConnection,
} from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import type { OpenFile } from '../file-formats/open-file.js'
import { readError } from '../file-formats/read-error.js'
import { readWholeFile } from '../file-formats/read-file.js'
import { checkCursor, cursorFilter } from './column-cursor.js'
import { growTable, insertRows, type RowSource } from './insert-rows.js'
import { type LoadRequest, quoteRelation } from './load-request.js'
import { fileColumns, type TableColumn, tableColumns } from './table-shape.js'

const prefixOf = (table: string) => `_airbyte_tmp_${table}_`

/** Where the files of a reading are brought together before anything of them is seen. */
export class StagingTable {
  readonly #connection: WarehouseConnection
  readonly #request: LoadRequest
  /** Lies in the target schema, so that it becomes the final table by a mere rename. */
  readonly relation: string
  /** Undefined until the first file was read. */
  columns: readonly TableColumn[] | undefined
  rows = 0
  rejected = 0
  bytes = 0

  constructor(connection: WarehouseConnection, request: LoadRequest) {
    const { warehouse, stream } = request
    this.#connection = connection
    this.#request = request
    this.relation = quoteRelation(warehouse, stream.schema, `${prefixOf(stream.table)}${randomUUID().slice(0, 8)}`)
  }

  /** Reads one file into the table, which grows by the columns that the file brings. */
  async add(batch: FileBatch): Promise<void> {
    const { signal, onWarning, onProgress } = this.#request
    try {
      if (batch.sizeBytes === 0) onWarning(`${batch.url} is empty: nothing to load from it`)
      else await readWholeFile(this.#connection, batch, (file) => this.#load(batch, file), { signal })
    } catch (error) {
      throw readError(error, batch)
    }
    this.bytes += batch.sizeBytes
    onProgress({ rows: this.rows, bytes: this.bytes, fraction: 1 })
  }

  async #load(batch: FileBatch, file: OpenFile): Promise<void> {
    const { onWarning } = this.#request
    if (file.columns.length === 0) {
      this.rejected += await file.countRejects(onWarning)
      return onWarning(`${batch.url} holds no record: nothing to load from it`)
    }
    const own = tableColumns(file.columns)
    await checkCursor(this.#connection, this.#request, own, batch.url)
    const source = this.#rowsOf(batch, file, own)
    // Of a file that turns out to be another than its first rows said, nothing must stay.
    const added = await inTransaction(this.#connection, async () => {
      const loaded = await this.#insert(batch, source)
      const rejected = await file.countRejects(onWarning)
      return { ...loaded, rejected }
    })
    this.columns = added.columns
    this.rows += added.rows
    this.rejected += added.rejected
  }

  async #insert(batch: FileBatch, source: RowSource): Promise<{ rows: number; columns: readonly TableColumn[] }> {
    const query = this.#queryOptions(batch)
    const quote = (name: string) => this.#request.warehouse.quoteIdentifier(name)
    if (this.columns) {
      const target = { relation: this.relation, quote }
      const plan = await growTable(this.#connection, source, this.columns, target)
      const rows = await insertRows(this.#connection, source, plan, { ...target, syncId: this.#syncId, query })
      const names = new Set(plan.map((step) => step.column.name))
      const others = this.columns.filter((column) => !names.has(column.name))
      return { rows, columns: [...others, ...plan.map((step) => step.column)] }
    }
    const selected = [
      ...source.columns.map((column) => `${source.value(column)} as ${quote(column.name)}`),
      ...[...source.meta].map(([name, sql]) => `${sql} as ${name}`),
    ]
    const { rowsAffected } = await this.#connection.query(
      `create table ${this.relation} as select ${selected.join(', ')} ${source.from}`,
      query,
    )
    return { rows: rowsAffected ?? 0, columns: source.columns }
  }

  #rowsOf(batch: FileBatch, file: OpenFile, own: readonly TableColumn[]): RowSource {
    const { warehouse } = this.#request
    const constants = new Map([
      ['_ab_source_file_url', quoteLiteral(batch.url)],
      ['_ab_source_file_last_modified', `timestamptz ${quoteLiteral(batch.modifiedAt.toISOString())}`],
    ])
    return {
      columns: [...own, ...fileColumns(batch)],
      value: ({ name }) => constants.get(name) ?? warehouse.quoteIdentifier(name),
      meta: this.#meta(),
      from: `from ${file.relation} ${cursorFilter(this.#request, own)}`,
    }
  }

  #meta(): ReadonlyMap<string, string> {
    return new Map([
      ['_airbyte_raw_id', 'uuid()'],
      ['_airbyte_extracted_at', `timestamptz ${quoteLiteral(this.#request.extractedAt.toISOString())}`],
      ['_airbyte_meta', `${quoteLiteral(JSON.stringify({ sync_id: this.#syncId, changes: [] }))}::json`],
      ['_airbyte_generation_id', `${this.#request.generationId}::bigint`],
    ])
  }

  get #syncId(): number {
    return this.#request.previous.syncId + 1
  }

  #queryOptions(batch: FileBatch): QueryOptions {
    const onProgress = ({ fraction, rowsProcessed }: QueryProgress) =>
      this.#request.onProgress({
        rows: this.rows + (rowsProcessed ?? 0),
        bytes: this.bytes + Math.round(batch.sizeBytes * (fraction ?? 0)),
        fraction,
      })
    return { signal: this.#request.signal, onProgress }
  }

  async drop(): Promise<void> {
    await this.#connection.query(`drop table if exists ${this.relation}`).catch(() => {})
  }
}

/** What a killed sync of this stream left behind. */
export async function dropLeftovers(
  connection: WarehouseConnection,
  { warehouse, stream }: LoadRequest,
): Promise<void> {
  const prefix = prefixOf(stream.table)
  const relations = await warehouse.listRelations({ schemas: [stream.schema] })
  // Not by the prefix alone: the one of `orders` begins that of `orders_old`, which may be loading right now.
  for (const { identifier } of relations)
    if (identifier.startsWith(prefix) && /^[0-9a-f]{8}$/.test(identifier.slice(prefix.length)))
      await connection.query(`drop table ${quoteRelation(warehouse, stream.schema, identifier)}`)
}
