import { randomUUID } from 'node:crypto'
import type { QueryOptions, QueryProgress, ResultColumn, WarehouseConnection } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { countRejects, dropRejects, rejectsTable } from '../file-formats/csv-rejects.js'
import { describeFile, isNested, readError, readerOf, sqlText } from '../file-formats/duckdb-reader.js'
import { cursorFilter } from './column-cursor.js'
import { insertRows, type RowSource } from './insert-rows.js'
import { type LoadRequest, quoteRelation } from './load-request.js'
import { fileColumns, isOwn, type TableColumn, tableColumns } from './table-shape.js'

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
    if (batch.sizeBytes === 0) {
      this.#request.onWarning(`${batch.url} is empty: nothing to load from it`)
      return
    }
    const rejects = rejectsTable(batch)
    try {
      const described = await describeFile(this.#connection, batch)
      const source = this.#rowsOf(batch, described, rejects)
      const added = await this.#insert(batch, source)
      this.rejected += await countRejects(this.#connection, rejects, batch, this.#request.onWarning)
      this.rows += added
    } finally {
      await dropRejects(this.#connection, rejects).catch(() => {})
    }
    this.bytes += batch.sizeBytes
    this.#request.onProgress({ rows: this.rows, bytes: this.bytes, fraction: 1 })
  }

  async #insert(batch: FileBatch, source: RowSource): Promise<number> {
    const query = this.#queryOptions(batch)
    const quote = (name: string) => this.#request.warehouse.quoteIdentifier(name)
    try {
      if (this.columns) {
        const { rows, plan } = await insertRows(this.#connection, source, {
          relation: this.relation,
          table: this.columns,
          syncId: this.#syncId,
          quote,
          query,
        })
        const names = new Set(plan.map((step) => step.column.name))
        this.columns = [...this.columns.filter((column) => !names.has(column.name)), ...plan.map((step) => step.column)]
        return rows
      }
      const selected = [
        ...source.columns.map((column) => `${source.value(column)} as ${quote(column.name)}`),
        ...[...source.meta].map(([name, sql]) => `${sql} as ${name}`),
      ]
      const { rowsAffected } = await this.#connection.query(
        `create table ${this.relation} as select ${selected.join(', ')} ${source.from}`,
        query,
      )
      this.columns = source.columns
      return rowsAffected ?? 0
    } catch (error) {
      throw readError(error, batch)
    }
  }

  #rowsOf(batch: FileBatch, described: readonly ResultColumn[], rejects: string | undefined): RowSource {
    const { warehouse } = this.#request
    const nested = new Set(described.filter((column) => isNested(column.kind)).map((column) => column.name))
    const constants = new Map([
      ['_ab_source_file_url', sqlText(batch.url)],
      ['_ab_source_file_last_modified', `timestamptz ${sqlText(batch.modifiedAt.toISOString())}`],
    ])
    const value = ({ name }: Pick<TableColumn, 'name'>) => {
      const constant = isOwn(name) ? constants.get(name) : undefined
      if (constant !== undefined) return constant
      const quoted = warehouse.quoteIdentifier(name)
      return nested.has(name) ? `to_json(${quoted})` : quoted
    }
    const own = tableColumns(described)
    return {
      columns: [...own, ...fileColumns(batch)],
      value,
      meta: this.#meta(),
      from: `from ${readerOf(batch, rejects)} ${cursorFilter(this.#request, own, value)}`,
    }
  }

  #meta(): ReadonlyMap<string, string> {
    return new Map([
      ['_airbyte_raw_id', 'uuid()'],
      ['_airbyte_extracted_at', `timestamptz ${sqlText(new Date().toISOString())}`],
      ['_airbyte_meta', `${sqlText(JSON.stringify({ sync_id: this.#syncId, changes: [] }))}::json`],
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
