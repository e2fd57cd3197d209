import { randomUUID } from 'node:crypto'
import {
  type Cell,
  type ColumnInfo,
  inTransaction,
  type Warehouse,
  type WarehouseConnection,
} from '../../warehouse/index.js'
import type { FileBatch, Reading } from '../connectors/connector.js'
import type { ConnectionStream, SchemaChange } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import { describeFile, isNested, readError, readerOf, sqlText } from '../file-formats/duckdb-reader.js'
import { type StreamState, writeState } from './state-table.js'
import { fileColumns, metaColumns, planColumns, type TableColumn, tableColumns } from './table-shape.js'

export interface LoadRequest {
  readonly warehouse: Warehouse
  readonly connectionName: string
  readonly stream: ConnectionStream
  readonly reading: Reading
  readonly previous: StreamState
  readonly generationId: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress: (progress: { rows: number; bytes: number; fraction?: number | undefined }) => void
  readonly onWarning: (message: string) => void
}

export interface LoadResult {
  readonly recordsRead: number
  readonly recordsCommitted: number
  readonly recordsRejected: number
  readonly bytesRead: number
  readonly tableRows: number
  readonly schemaChanges: readonly SchemaChange[]
}

/**
 * Loads what a reading holds into the stream's table, on one connection. Everything goes to a temporary table first;
 * then ONE transaction brings it into the final table together with the state. A reader never sees half of it, and a
 * crash at any point leaves the old table with the old state.
 */
export async function loadStream(connection: WarehouseConnection, request: LoadRequest): Promise<LoadResult> {
  const load = new StreamLoad(connection, request)
  try {
    return await load.run()
  } finally {
    await load.cleanUp()
  }
}

const stagingPrefix = (table: string) => `_airbyte_tmp_${table}_`

/** One text per row, the same whether it is taken in the file or in the table. */
function rowHash(columns: readonly string[], read: (name: string) => string): string {
  const values = [...columns].sort().map((name) => `coalesce(${read(name)}::varchar, '\\N')`)
  return `md5(concat_ws('|', ${values.join(', ')}))`
}

class StreamLoad {
  readonly #connection: WarehouseConnection
  readonly #request: LoadRequest
  readonly #warehouse: Warehouse
  /** Lies in the target schema, so that it becomes the final table by a mere rename. */
  readonly #stagingName: string
  readonly #staging: string
  readonly #rejects = `rejects_${randomUUID().replaceAll('-', '')}`
  readonly #changes: SchemaChange[] = []
  #rows = 0
  #rejected = 0
  #bytes = 0
  #state: unknown

  constructor(connection: WarehouseConnection, request: LoadRequest) {
    this.#connection = connection
    this.#request = request
    this.#warehouse = request.warehouse
    this.#state = request.reading.state
    const { schema, table } = request.stream
    this.#stagingName = `${stagingPrefix(table)}${randomUUID().slice(0, 8)}`
    this.#staging = this.#quote(schema, this.#stagingName)
  }

  async run(): Promise<LoadResult> {
    const { stream, reading, signal } = this.#request
    const { destinationSyncMode: mode } = stream
    await this.#connection.query(`create schema if not exists ${this.#warehouse.quoteIdentifier(stream.schema)}`)
    await this.#dropLeftovers()
    const table = await this.#warehouse.columns({ schema: stream.schema, identifier: stream.table })
    const replaces = mode === 'overwrite' || mode === 'overwrite_dedup'
    let staged: readonly TableColumn[] | undefined
    for (const batch of reading.batches) {
      signal?.throwIfAborted()
      const columns = await this.#stage(batch, staged, replaces ? [] : table)
      staged = columns
    }
    if (!staged) return this.#nothingRead(table.length > 0)
    this.#checkKeys(staged)
    if (reading.cursor) await this.#advanceCursor(reading.cursor, staged)
    const committed = await inTransaction(this.#connection, async () => {
      const rows = replaces ? await this.#replace(mode) : await this.#append(staged, table, mode)
      await writeState(this.#connection, this.#request.connectionName, stream.name, {
        state: this.#state,
        generationId: this.#request.generationId,
        syncId: this.#request.previous.syncId + 1,
      })
      return rows
    })
    return this.#result(committed, await this.#count())
  }

  /** Reads one file into the staging table, which grows by the columns that the file brings. */
  async #stage(
    batch: FileBatch,
    staged: readonly TableColumn[] | undefined,
    table: readonly ColumnInfo[],
  ): Promise<readonly TableColumn[]> {
    const source = await describeFile(this.#connection, batch)
    const incoming = [...tableColumns(source), ...fileColumns(batch)]
    const select = (cast: (column: TableColumn) => string) =>
      [
        ...tableColumns(source).map((column) => `${cast(column)} as ${this.#warehouse.quoteIdentifier(column.name)}`),
        ...this.#constants(batch),
      ].join(', ')
    const nested = new Map(source.map((column) => [column.name, isNested(column.kind)]))
    const read = (column: TableColumn) => {
      const name = this.#warehouse.quoteIdentifier(column.name)
      return nested.get(column.name) ? `to_json(${name})` : name
    }
    const where = this.#filter(
      source.map((column) => column.name),
      (name) => read({ name, type: '', kind: 'unknown' }),
    )
    const reader = readerOf(batch, batch.format === 'csv' ? this.#rejects : undefined)
    const before = this.#rows
    const onProgress = ({
      fraction,
      rowsProcessed,
    }: {
      fraction?: number | undefined
      rowsProcessed?: number | undefined
    }) =>
      this.#request.onProgress({
        rows: before + (rowsProcessed ?? 0),
        bytes: this.#bytes + Math.round(batch.sizeBytes * (fraction ?? 0)),
        fraction,
      })
    const run = async (sql: string) => {
      try {
        const result = await this.#connection.query(sql, { signal: this.#request.signal, onProgress })
        return result.rowsAffected ?? 0
      } catch (error) {
        throw readError(error, batch)
      }
    }
    let rows: number
    let columns: readonly TableColumn[]
    if (!staged) {
      rows = await run(`create table ${this.#staging} as select ${select(read)} from ${reader} ${where}`)
      columns = incoming
      this.#noteChanges(table, incoming)
    } else {
      const plan = planColumns(
        staged.map((column) => ({ ...column })),
        incoming,
      )
      columns = await this.#alter(this.#staging, staged, plan.columns, incoming)
      const cast = (column: TableColumn) => {
        const planned = plan.columns.find((one) => one.name.toLowerCase() === column.name.toLowerCase())
        return planned && planned.type !== column.type
          ? `${planned.needsTryCast ? 'try_cast' : 'cast'}(${read(column)} as ${planned.type})`
          : read(column)
      }
      rows = await run(`insert into ${this.#staging} by name select ${select(cast)} from ${reader} ${where}`)
    }
    await this.#checkRejects(batch)
    this.#rows += rows
    this.#bytes += batch.sizeBytes
    this.#state = batch.stateAfter
    this.#request.onProgress({ rows: this.#rows, bytes: this.#bytes, fraction: 1 })
    return columns
  }

  /** The columns that are the same for every row of a file. */
  #constants(batch: FileBatch): string[] {
    const { previous, generationId } = this.#request
    return [
      ...(batch.isFromPattern ? [`${sqlText(batch.url)} as _ab_source_file_url`] : []),
      `timestamptz ${sqlText(batch.modifiedAt.toISOString())} as _ab_source_file_last_modified`,
      'uuid() as _airbyte_raw_id',
      `timestamptz ${sqlText(new Date().toISOString())} as _airbyte_extracted_at`,
      `${sqlText(JSON.stringify({ sync_id: previous.syncId + 1, changes: [] }))}::json as _airbyte_meta`,
      `${generationId}::bigint as _airbyte_generation_id`,
    ]
  }

  /** Rows that a column cursor lets through: above the last value, or equal to it and not loaded yet. */
  #filter(columns: readonly string[], read: (name: string) => string): string {
    const { cursor } = this.#request.reading
    if (!cursor) return ''
    const column = columns.find((name) => name.toLowerCase() === cursor.column.toLowerCase())
    if (column === undefined)
      throw extractLoadErrors.create('CURSOR_INVALID', {
        message: `The cursor \`${cursor.column}\` of the stream \`${this.#request.stream.name}\` is none of its columns.`,
        hint: `Its columns: ${columns.join(', ')}.`,
      })
    if (cursor.from === undefined) return ''
    const quoted = this.#warehouse.quoteIdentifier(column)
    // The bare literal takes the column's own type, so the comparison stays exact.
    const from = sqlText(cursor.from)
    if (this.#request.stream.destinationSyncMode === 'append_dedup' || cursor.loadedHashes.length === 0)
      return `where ${quoted} >= ${from}`
    const known = cursor.loadedHashes.map(sqlText).join(', ')
    return `where ${quoted} > ${from} or (${quoted} = ${from} and ${rowHash(columns, read)} not in (${known}))`
  }

  /** The highest cursor value read, and the hashes of the rows that have it, become the state. */
  async #advanceCursor(cursor: NonNullable<Reading['cursor']>, staged: readonly TableColumn[]): Promise<void> {
    const column = staged.find((one) => one.name.toLowerCase() === cursor.column.toLowerCase())
    if (!column) return
    const quoted = this.#warehouse.quoteIdentifier(column.name)
    const highest = await this.#connection.query(`select max(${quoted})::varchar from ${this.#staging}`)
    const value = highest.rows[0]?.[0]
    if (typeof value !== 'string') {
      this.#state = this.#request.previous.state
      return
    }
    const own = staged.map((one) => one.name).filter((name) => !name.startsWith('_ab_source_file_'))
    const hash = rowHash(own, (name) => this.#warehouse.quoteIdentifier(name))
    const ties = await this.#connection.query(
      `select distinct ${hash} from ${this.#staging} where ${quoted}::varchar = $1`,
      { params: [value] },
    )
    const hashes = ties.rows.map((row) => String(row[0]))
    const isSame = value === cursor.from
    this.#state = cursor.stateAfter(value, isSame ? [...new Set([...cursor.loadedHashes, ...hashes])] : hashes)
  }

  async #checkRejects(batch: FileBatch): Promise<void> {
    if (batch.format !== 'csv') return
    const result = await this.#connection.query(
      `select line, csv_line, error_message, count(*) over () from ${this.#rejects} order by line limit 5`,
    )
    const [first] = result.rows
    if (!first) return
    const [line, text, message, count] = first
    await this.#connection.query(`drop table ${this.#rejects}; drop table ${this.#rejects}_scan`)
    if (batch.options.badRows === 'skip') {
      this.#rejected += Number(count)
      for (const [at, csv, why] of result.rows)
        this.#request.onWarning(`${batch.url}:${at}: left out (${String(why)}): ${String(csv).slice(0, 200)}`)
      return
    }
    throw extractLoadErrors.create('SOURCE_ROW_INVALID', {
      message: `${batch.url}, line ${line}: ${String(message)}${Number(count) > 1 ? ` (and ${Number(count) - 1} more such rows)` : ''}. The line reads: ${String(text).slice(0, 300)}`,
      at: { file: batch.url, line: Number(line) },
      hint: 'Mend the file, or set `bad_rows: skip` on the stream to leave such rows out; they are counted and logged then. Nothing was loaded.',
    })
  }

  #noteChanges(table: readonly ColumnInfo[], incoming: readonly TableColumn[]): void {
    if (table.length > 0) this.#changes.push(...planColumns(table, incoming).changes)
  }

  /** Puts the staged table in the place of the final one. */
  async #replace(mode: string): Promise<number> {
    if (mode === 'overwrite_dedup') await this.#dedupStaging()
    const rows = await this.#countOf(this.#staging)
    await this.#becomeFinal()
    return rows
  }

  async #becomeFinal(): Promise<void> {
    const { schema, table } = this.#request.stream
    const relations = await this.#warehouse.listRelations({ schemas: [schema] })
    const existing = relations.find((relation) => relation.identifier.toLowerCase() === table.toLowerCase())
    if (existing) await this.#connection.query(`drop ${existing.type} ${this.#quote(schema, table)}`)
    await this.#connection.query(`alter table ${this.#staging} rename to ${this.#warehouse.quoteIdentifier(table)}`)
  }

  /** What a killed sync of this stream left behind. */
  async #dropLeftovers(): Promise<void> {
    const { schema, table } = this.#request.stream
    const relations = await this.#warehouse.listRelations({ schemas: [schema] })
    for (const { identifier } of relations)
      if (identifier.startsWith(stagingPrefix(table)))
        await this.#connection.query(`drop table ${this.#quote(schema, identifier)}`)
  }

  async #append(staged: readonly TableColumn[], table: readonly ColumnInfo[], mode: string): Promise<number> {
    const { schema, table: name } = this.#request.stream
    const final = this.#quote(schema, name)
    if (mode === 'append_dedup') await this.#dedupStaging()
    if (table.length === 0) {
      const rows = await this.#countOf(this.#staging)
      await this.#becomeFinal()
      return rows
    }
    const plan = planColumns(table, staged)
    await this.#alter(final, table, plan.columns, staged)
    if (mode === 'append_dedup') {
      const keys = this.#keys()
      const match = keys.map((key) => `t.${key} is not distinct from s.${key}`).join(' and ')
      await this.#connection.query(`delete from ${final} t using ${this.#staging} s where ${match}`)
    }
    const casts = staged.map((column) => {
      const quoted = this.#warehouse.quoteIdentifier(column.name)
      const planned = plan.columns.find((one) => one.name.toLowerCase() === column.name.toLowerCase())
      return planned?.needsTryCast
        ? `try_cast(${quoted} as ${planned.type}) as ${this.#warehouse.quoteIdentifier(planned.name)}`
        : quoted
    })
    const nulled = plan.columns.filter((column) => column.needsTryCast)
    const others = metaColumns.map((column) =>
      column.name === '_airbyte_meta' && nulled.length > 0
        ? `${this.#metaWithNotes(nulled)} as _airbyte_meta`
        : column.name,
    )
    await this.#connection.query(
      `insert into ${final} by name select ${[...casts, ...others].join(', ')} from ${this.#staging}`,
      { signal: this.#request.signal },
    )
    return this.#countOf(this.#staging)
  }

  /** Values that did not fit became NULL; `_airbyte_meta.changes` says which. */
  #metaWithNotes(nulled: readonly { readonly name: string; readonly type: string }[]): string {
    const notes = nulled.map((column) => {
      const quoted = this.#warehouse.quoteIdentifier(column.name)
      const note = JSON.stringify({ field: column.name, change: 'NULLED', reason: 'DESTINATION_TYPECAST_ERROR' })
      return `case when ${quoted} is not null and try_cast(${quoted} as ${column.type}) is null then ${sqlText(note)}::json end`
    })
    return `json_object('sync_id', ${this.#request.previous.syncId + 1}, 'changes', list_filter([${notes.join(', ')}], x -> x is not null))::json`
  }

  /** Keeps the newest row per key: by cursor, then by the time it was extracted, then by arrival. */
  async #dedupStaging(): Promise<void> {
    const keys = this.#keys()
    const cursor = this.#request.stream.cursorField?.join('.')
    const order = [
      cursor === undefined ? undefined : `${this.#warehouse.quoteIdentifier(cursor)} desc nulls last`,
      '_airbyte_extracted_at desc',
      'rowid desc',
    ].filter((part) => part !== undefined)
    await this.#connection.query(
      `delete from ${this.#staging} where rowid in (
         select rowid from (select rowid, row_number() over (partition by ${keys.join(', ')} order by ${order.join(', ')}) as n from ${this.#staging}) where n > 1)`,
    )
  }

  #keys(): string[] {
    return (this.#request.stream.primaryKey ?? []).map((path) => this.#warehouse.quoteIdentifier(path.join('.')))
  }

  #checkKeys(staged: readonly TableColumn[]): void {
    const { stream } = this.#request
    if (!stream.destinationSyncMode.endsWith('dedup')) return
    const names = new Set(staged.map((column) => column.name.toLowerCase()))
    const missing = (stream.primaryKey ?? [])
      .map((path) => path.join('.'))
      .filter((name) => !names.has(name.toLowerCase()))
    if ((stream.primaryKey ?? []).length > 0 && missing.length === 0) return
    throw extractLoadErrors.create('CURSOR_INVALID', {
      message:
        missing.length > 0
          ? `The primary key \`${missing.join(', ')}\` of the stream \`${stream.name}\` is none of its columns.`
          : `The stream \`${stream.name}\` is deduplicated but has no primary key.`,
      hint: `Set \`primary_key\` of the stream to columns that identify a row. Its columns: ${staged.map((column) => column.name).join(', ')}.`,
    })
  }

  /** Carries out what `planColumns` decided; answers the columns as they are then. */
  async #alter(
    relation: string,
    before: readonly Pick<TableColumn, 'name' | 'type' | 'kind'>[],
    plan: ReturnType<typeof planColumns>['columns'],
    incoming: readonly TableColumn[],
  ): Promise<readonly TableColumn[]> {
    const columns = before.map((column) => ({ ...column }))
    for (const step of plan) {
      const quoted = this.#warehouse.quoteIdentifier(step.name)
      const kind = incoming.find((column) => column.name.toLowerCase() === step.name.toLowerCase())?.kind ?? 'unknown'
      if (step.action === 'add') {
        await this.#connection.query(`alter table ${relation} add column ${quoted} ${step.type}`)
        columns.push({ name: step.name, type: step.type, kind })
      } else if (step.action === 'widen') {
        await this.#connection.query(`alter table ${relation} alter column ${quoted} type ${step.type}`)
        const at = columns.findIndex((column) => column.name === step.name)
        columns[at] = { name: step.name, type: step.type, kind }
      }
    }
    return columns
  }

  async #nothingRead(exists: boolean): Promise<LoadResult> {
    return this.#result(0, exists ? await this.#count() : 0)
  }

  #result(recordsCommitted: number, tableRows: number): LoadResult {
    return {
      recordsRead: this.#rows + this.#rejected,
      recordsCommitted,
      recordsRejected: this.#rejected,
      bytesRead: this.#bytes,
      tableRows,
      schemaChanges: this.#changes,
    }
  }

  #count(): Promise<number> {
    return this.#countOf(this.#quote(this.#request.stream.schema, this.#request.stream.table))
  }

  async #countOf(relation: string): Promise<number> {
    const { rows } = await this.#connection.query(`select count(*) from ${relation}`)
    return Number(rows[0]?.[0] as Cell)
  }

  #quote(schema: string, name: string): string {
    return `${this.#warehouse.quoteIdentifier(schema)}.${this.#warehouse.quoteIdentifier(name)}`
  }

  async cleanUp(): Promise<void> {
    await this.#connection.query(`drop table if exists ${this.#staging}`).catch(() => {})
  }
}
