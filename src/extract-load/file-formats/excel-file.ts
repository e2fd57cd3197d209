import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { temporaryFolder } from '../../base/index.js'
import type { WarehouseConnection } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import { extractLoadErrors } from '../errors.js'
import { withoutTwins } from './column-names.js'
import { type CellValue, type SheetRow, sheetRows } from './excel/sheet-rows.js'
import { type Sheet, Workbook } from './excel/workbook.js'
import { openJson } from './json-file.js'
import type { OpenFile, OpenOptions } from './open-file.js'
import { NotZip } from './zip-file.js'

/** How many rows that are left out are told of one by one. */
const toldRows = 5

/** A sheet of a workbook. Its rows become JSON lines in a temporary file, as texts, numbers and days stay apart there. */
export async function openExcel(
  connection: WarehouseConnection,
  batch: FileBatch,
  options: OpenOptions,
): Promise<OpenFile> {
  const folder = await temporaryFolder('excel')
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const path = join(folder, 'sheet.jsonl')
    const bad = await copySheet(batch, path, options)
    const { encoding: _, ...rest } = batch.options
    const file = await openJson(
      connection,
      { ...batch, format: 'jsonl', path, options: { ...rest, badRows: 'fail' } },
      options,
    )
    return {
      ...file,
      async countRejects(onWarning) {
        for (const told of bad.slice(0, toldRows)) onWarning(told)
        if (bad.length > toldRows) onWarning(`${batch.url}: ${bad.length - toldRows} more rows left out`)
        return bad.length
      },
      async close() {
        await file.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** @returns what is to be said of each row that was left out */
async function copySheet(batch: FileBatch, path: string, { signal }: OpenOptions): Promise<string[]> {
  const bad: string[] = []
  try {
    const workbook = await Workbook.open(batch.path)
    try {
      const sheet = sheetOf(workbook, batch)
      await pipeline(Readable.from(lines(workbook, sheet, batch, bad)), createWriteStream(path), { signal })
    } finally {
      await workbook.close()
    }
  } catch (error) {
    if (!isDamage(error)) throw error
    throw extractLoadErrors.create('SOURCE_FILE_UNREADABLE', {
      message: `${batch.url} cannot be read as excel: ${(error as Error).message}.`,
      at: { file: batch.url },
      hint: 'Open it in Excel or LibreOffice and save it as .xlsx, without a password; the older .xls is not read. Another kind of file needs its own `format`.',
      cause: error,
    })
  }
  return bad
}

/** What the file itself is to blame for; a full disk is something else. */
const isDamage = (error: unknown) =>
  error instanceof NotZip || error instanceof SyntaxError || /^Z_/.test((error as NodeJS.ErrnoException).code ?? '')

function sheetOf(workbook: Workbook, { url, options: { sheet } }: FileBatch): Sheet {
  const found = sheet === undefined ? workbook.sheets[0] : workbook.sheets.find(({ name }) => name === sheet)
  if (found) return found
  const names = workbook.sheets.map(({ name }) => name).join(', ')
  throw extractLoadErrors.create('SOURCE_FILE_UNREADABLE', {
    message: sheet === undefined ? `${url} has no sheet with cells.` : `${url} has no sheet \`${sheet}\`.`,
    at: { file: url },
    hint: names === '' ? undefined : `Set \`sheet\` of the stream to one of: ${names}.`,
  })
}

/** The rows of a sheet as JSON lines, many in each text. */
async function* lines(
  workbook: Workbook,
  sheet: Sheet,
  { url, options: { header = true, skipRows = 0, badRows } }: FileBatch,
  bad: string[],
): AsyncGenerator<string> {
  const tables = await workbook.tables()
  const rows = () => sheetRows(workbook, sheet.path, tables)
  let names = header ? undefined : await namesByPlace(rows(), skipRows)
  for await (const some of rows()) {
    let text = ''
    for (const row of some) {
      if (row.number <= skipRows) continue
      if (!names) names = namesIn(row)
      else if (row.cells.length <= names.length) text += lineOf(row.cells, names)
      else if (badRows === 'fail') throw tooLong(url, sheet, row, names.length)
      else
        bad.push(
          `${url}: row ${row.number} left out: it has a value in column ${row.cells.length}, the header ${names.length}`,
        )
    }
    if (text !== '') yield text
  }
}

const placeName = (place: number) => `column${place}`

function namesIn({ cells }: SheetRow): string[] {
  return withoutTwins(
    Array.from(cells, (cell, i) => (cell === undefined ? placeName(i) : String(cell).trim() || placeName(i))),
  )
}

/** Where nothing names the columns, the longest row says how many there are. */
async function namesByPlace(rows: AsyncIterable<readonly SheetRow[]>, skipRows: number): Promise<string[]> {
  let width = 0
  for await (const some of rows)
    for (const { number, cells } of some) if (number > skipRows) width = Math.max(width, cells.length)
  return Array.from({ length: width }, (_, i) => placeName(i))
}

const lineOf = (cells: readonly CellValue[], names: readonly string[]) =>
  `{${names.map((name, i) => `${JSON.stringify(name)}:${JSON.stringify(cells[i] ?? null)}`).join(',')}}\n`

function tooLong(url: string, sheet: Sheet, { number, cells }: SheetRow, width: number) {
  return extractLoadErrors.create('SOURCE_ROW_INVALID', {
    message: `Row ${number} of the sheet \`${sheet.name}\` in ${url} has a value in column ${cells.length}, but the header names only ${width}.`,
    at: { file: url, line: number },
    hint: 'Name the column in the header, set `skip_rows` when the header stands further down, or leave such rows out with `bad_rows: skip`.',
  })
}
