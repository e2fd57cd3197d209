import type { Connection } from 'mysql2'
import { queryTexts } from '../connect.js'
import { type ByteTables, isUtf8Charset } from './log-values.js'

/** Bytes of values that are asked for together: statements have a limit. */
const bytesPerQuery = 256 * 1024
const valuesPerQuery = 500

/**
 * Lets the server turn values into texts.
 * @param values by row; where there is none the row is left out
 * @returns row and text in UTF-8, in the order of the rows; undefined where the server makes none of it
 */
export async function askServer(
  connection: Connection,
  values: readonly (Buffer | undefined)[],
  ask: (literal: string) => string,
): Promise<[row: number, text: Buffer | undefined][]> {
  const known = new Map<string, Buffer | undefined>()
  const rows = values.flatMap((value, row): [number, string][] => (value ? [[row, value.toString('hex')]] : []))
  let wanted: string[] = []
  let bytes = 0
  const settle = async () => {
    if (wanted.length === 0) return
    const sql = `select ${wanted.map((hex) => ask(`x'${hex}'`)).join(', ')}`
    const [texts = []] = await queryBuffers(connection, sql)
    for (const [i, hex] of wanted.entries()) known.set(hex, texts[i] ?? undefined)
    wanted = []
    bytes = 0
  }
  for (const hex of new Set(rows.map(([, hex]) => hex))) {
    wanted.push(hex)
    bytes += hex.length
    if (bytes >= bytesPerQuery || wanted.length >= valuesPerQuery) await settle()
  }
  await settle()
  return rows.map(([row, hex]) => [row, known.get(hex)])
}

/** What each byte is, of those character sets that have one for each character. */
export async function byteTables(connection: Connection, charsets: Iterable<string | undefined>): Promise<ByteTables> {
  const narrow = new Set(
    (
      await queryTexts(connection, 'select character_set_name from information_schema.character_sets where maxlen = 1')
    ).map(([name]) => name),
  )
  const tables = new Map<string, readonly Buffer[]>()
  for (const charset of new Set(charsets)) {
    if (charset === undefined || isUtf8Charset(charset) || !narrow.has(charset)) continue
    const each = Array.from({ length: 256 }, (_, byte) => {
      const hex = byte.toString(16).padStart(2, '0')
      return `convert(convert(x'${hex}' using ${charset}) using utf8mb4)`
    })
    const [texts = []] = await queryBuffers(connection, `select ${each.join(', ')}`)
    tables.set(
      charset,
      texts.map((text) => text ?? Buffer.alloc(0)),
    )
  }
  return tables
}

/** Cells as bytes: a text may hold half a character. */
function queryBuffers(connection: Connection, sql: string): Promise<(Buffer | null)[][]> {
  return new Promise((resolve, reject) => {
    connection.query(
      { sql, rowsAsArray: true, typeCast: (field: { buffer(): Buffer | null }) => field.buffer() },
      (error: unknown, rows: unknown) => (error ? reject(error) : resolve(rows as (Buffer | null)[][])),
    )
  })
}
