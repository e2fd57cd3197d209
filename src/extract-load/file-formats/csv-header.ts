import { rowObjects, type WarehouseConnection } from '../../warehouse/index.js'
import { withoutTwins } from './column-names.js'
import { sqlPath } from './sql-path.js'

export interface CsvHead {
  readonly delimiter: string
  /** The columns' names, each another one whatever its case; none when the file holds no line. */
  readonly names: readonly string[]
}

export interface CsvHeadOptions {
  readonly delimiter?: string | undefined
  readonly hasHeader: boolean
  readonly skippedLines: number
}

const delimiters = [',', ';', '\t', '|']
/** A header whose names hold line ends goes over several lines. */
const headLines = 50

/** What the first line of a CSV says. DuckDB reads it, so that a packed file is no other. */
export async function readCsvHead(
  connection: WarehouseConnection,
  path: string,
  { delimiter, hasHeader, skippedLines }: CsvHeadOptions,
): Promise<CsvHead> {
  const lines = await firstLines(connection, path, skippedLines)
  const first = joinQuoted(lines)
  const known = delimiter ?? (/\.tsv(\.\w+)?$/i.test(path) ? '\t' : mostFrequent(first))
  const values = first === '' ? [] : splitLine(first, known)
  const names = values.map((value, i) => (hasHeader && value !== '' ? value : `column${i}`))
  return { delimiter: known, names: withoutTwins(names) }
}

async function firstLines(connection: WarehouseConnection, path: string, skipped: number): Promise<string[]> {
  const result = await connection.query(
    `select line from read_csv(${sqlPath(path)}, auto_detect = false, header = false, delim = E'\\x01', quote = '', escape = '',
       columns = {'line': 'VARCHAR'}, strict_mode = false, ignore_errors = true, skip = ${skipped}) limit ${headLines}`,
  )
  return rowObjects(result).map((row) => (typeof row.line === 'string' ? row.line : ''))
}

/** The first line that is not empty, with those that follow while a quote is open. */
function joinQuoted(lines: readonly string[]): string {
  const start = lines.findIndex((line) => line !== '')
  if (start < 0) return ''
  for (let end = start + 1; end <= lines.length; end++) {
    const text = lines.slice(start, end).join('\n')
    if ((text.match(/"/g) ?? []).length % 2 === 0) return text
  }
  return lines[start] ?? ''
}

function mostFrequent(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '')
  const counts = delimiters.map((char) => bare.split(char).length)
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ','
}

function splitLine(line: string, delimiter: string): string[] {
  const values: string[] = []
  for (let at = 0; at <= line.length; ) {
    const quoted = line[at] === '"' ? /"((?:[^"]|"")*)"/y : undefined
    if (quoted) quoted.lastIndex = at
    const inside = quoted?.exec(line)
    const from = inside ? at + inside[0].length : at
    const next = line.indexOf(delimiter, from)
    const end = next < 0 ? line.length : next
    values.push((inside?.[1]?.replaceAll('""', '"') ?? '') + line.slice(from, end))
    at = end + delimiter.length
  }
  return values
}
