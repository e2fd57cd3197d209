import type { Client } from 'pg'
import { rowsPerChunk } from '../../../../warehouse/index.js'
import { TextReader } from '../../../table-source/text-reader.js'
import { type CdcColumn, type CdcEvent, movedMark, unchangedSeparator } from '../../connector.js'
import type { TextColumn } from '../columns.js'
import { SwappedReader } from '../copy/column-reader.js'
import { eachValue } from './pgoutput.js'

/** A row as it became, or as it was. */
export interface ChangedRow {
  readonly bytes: Buffer
  /** Where its values begin. */
  readonly row: number
  /** Where the values that it had before begin, where the log has all of them. */
  readonly before?: number | undefined
  /** Where those begin that identified it before, where the log has only these. */
  readonly oldKey?: number | undefined
  /** Where the place in the log stands that it is from, in eight bytes. */
  readonly lsnAt: number
  /** When it was committed. */
  readonly at: Buffer
  readonly isDeleted?: boolean | undefined
  /** Of the old row only the columns that identify it are known. */
  readonly isKeyOnly?: boolean | undefined
  /** The row in front is the old key's. */
  readonly isMoved?: boolean | undefined
}

/** What the rows of a table have besides its own columns. */
export const cdcColumns: readonly CdcColumn[] = [
  { name: '_ab_cdc_lsn', type: 'BIGINT', kind: 'integer' },
  { name: '_ab_cdc_updated_at', type: 'VARCHAR', kind: 'text' },
  { name: '_ab_cdc_deleted_at', type: 'VARCHAR', kind: 'text' },
]

/** Rows of a table of one shape that wait to be handed on. */
export class ChangedRows {
  readonly stream: string
  readonly columns: readonly CdcColumn[]
  readonly #own: readonly TextColumn[]
  readonly #keys: readonly boolean[]
  #rows: ChangedRow[] = []
  sizeBytes = 0

  /** @param keys of each column, whether it identifies a row */
  constructor(stream: string, own: readonly TextColumn[], keys: readonly boolean[]) {
    this.stream = stream
    this.#own = own
    this.#keys = keys
    this.columns = [...own, ...cdcColumns]
  }

  /** There may not be room for two more: a row that gets another key is two. */
  get isFull(): boolean {
    return this.#rows.length >= rowsPerChunk - 1
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0
  }

  add(row: ChangedRow, sizeBytes: number): void {
    this.#rows.push(row)
    this.sizeBytes += sizeBytes
  }

  /** @param client asked for what only the server knows */
  async take(client: Client): Promise<CdcEvent> {
    const rows = this.#rows
    const { sizeBytes } = this
    this.#rows = []
    this.sizeBytes = 0
    const readers = this.#own.map(({ hasAnyBytes }) => new TextReader('VARCHAR', { isChecked: hasAnyBytes }))
    const json = new Map<number, (string | null)[]>()
    for (const [i, { jsonOf }] of this.#own.entries())
      if (jsonOf !== undefined) json.set(i, Array(rows.length).fill(null))
    const lsns = new SwappedReader('BIGINT', 8)
    const [updated, deleted, unchanged] = [
      new TextReader('VARCHAR'),
      new TextReader('VARCHAR'),
      new TextReader('VARCHAR'),
    ]
    let hasUnchanged = false
    for (const [i, row] of rows.entries()) {
      const { bytes, at } = row
      const names = this.#read(row, i, readers, json)
      lsns.read(bytes, row.lsnAt, 8, i)
      updated.read(at, 0, at.length, i)
      if (row.isDeleted) deleted.read(at, 0, at.length, i)
      else deleted.skip(i)
      if (names === undefined) unchanged.skip(i)
      else {
        hasUnchanged = true
        const text = Buffer.from(names)
        unchanged.read(text, 0, text.length, i)
      }
    }
    for (const [column, texts] of json) await this.#putJson(client, column, texts, readers[column] as TextReader)
    return {
      type: 'changes',
      stream: this.stream,
      columns: this.columns,
      chunk: {
        rowCount: rows.length,
        columns: [...readers, lsns, updated, deleted, unchanged].map((reader) => reader.take(rows.length)),
      },
      hasUnchanged,
      sizeBytes,
    }
  }

  /** Puts the values of a row in their columns. @returns the names of those that did not change */
  #read(
    row: ChangedRow,
    index: number,
    readers: readonly TextReader[],
    json: ReadonlyMap<number, (string | null)[]>,
  ): string | undefined {
    const { bytes } = row
    let unchanged: number[] | undefined
    const put = (column: number, at: number, length: number) => {
      const texts = json.get(column)
      if (length < 0) readers[column]?.skip(index)
      else if (texts) texts[index] = bytes.toString('utf8', at, at + length)
      else readers[column]?.read(bytes, at, length, index)
    }
    const lacksKey = new Set<number>()
    eachValue(bytes, row.row, (column, at, length) => {
      // The key is never taken from another row: by the key that one would be looked for.
      if (length === -2 && row.oldKey !== undefined && this.#keys[column]) lacksKey.add(column)
      else if (length === -2 || (row.isKeyOnly && !this.#keys[column])) {
        unchanged ??= []
        unchanged.push(column)
        if (row.before === undefined) put(column, at, -1)
      } else put(column, at, length)
    })
    if (lacksKey.size > 0)
      eachValue(bytes, row.oldKey as number, (column, at, length) => {
        if (lacksKey.has(column)) put(column, at, length)
      })
    if (unchanged === undefined) return undefined
    const left = unchanged
    if (row.before !== undefined) {
      eachValue(bytes, row.before, (column, at, length) => {
        if (left.includes(column)) put(column, at, length)
      })
      return undefined
    }
    const names = left.map((column) => this.#own[column]?.name).join(unchangedSeparator)
    return `${row.isMoved ? movedMark : ''}${unchangedSeparator}${names}${unchangedSeparator}`
  }

  /** Lists and composite values print in a form of their own; the server turns it into JSON as it does for a snapshot. */
  async #putJson(client: Client, column: number, texts: (string | null)[], reader: TextReader): Promise<void> {
    const { jsonOf } = this.#own[column] as TextColumn
    const isNull = texts.every((text) => text === null)
    const { rows } = isNull
      ? { rows: [] }
      : await client.query<{ json: string | null }>(
          `select to_json(v::${jsonOf})::text as json from unnest($1::text[]) with ordinality t(v, i) order by i`,
          [texts],
        )
    for (const [i] of texts.entries()) {
      const json = rows[i]?.json
      if (json === null || json === undefined) reader.skip(i)
      else {
        const bytes = Buffer.from(json)
        reader.read(bytes, 0, bytes.length, i)
      }
    }
  }
}

/** As Airbyte writes the times of changes: ISO 8601 in UTC, with microseconds. */
export function timeText(micros: bigint): Buffer {
  const date = new Date(Number(micros / 1000n)).toISOString()
  return Buffer.from(`${date.slice(0, -1)}${String(micros % 1000n).padStart(3, '0')}Z`)
}
