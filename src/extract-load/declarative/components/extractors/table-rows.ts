import type { RecordData } from '../../component-contract.js'
import { setKey } from '../../dpath/index.js'
import { failure } from '../../failure.js'

/** Words that pandas takes for a value that is not there. */
const missingWords = new Set(
  ' #N/A #N/A_N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN None n/a nan null'
    .split(' ')
    .map((word) => word.replace('_', ' ')),
)

/**
 * Makes records of rows as pandas reads a CSV file: the first one has the names, what a row lacks is null, and where the first record is
 * longer than the names, its first cells are an index that nobody sees.
 */
export function tableRows(keepsWords: boolean): (row: readonly string[]) => RecordData | undefined {
  let names: readonly string[] | undefined
  let indexLength: number | undefined
  let line = 0
  const isMissing = keepsWords ? (cell: string) => cell === '' : (cell: string) => missingWords.has(cell)

  return (row) => {
    line++
    if (row.length === 0 || (row.length === 1 && row[0]?.trim() === '')) return undefined
    if (!names) {
      names = columnNames(row)
      return undefined
    }
    indexLength ??= Math.max(0, row.length - names.length)
    if (row.length > names.length + indexLength) throw tooLong(line, row.length, names.length + indexLength)
    const record: RecordData = {}
    for (let at = 0; at < names.length; at++) {
      const cell = row[at + indexLength]
      setKey(record, names[at] as string, cell === undefined || isMissing(cell) ? null : cell)
    }
    return record
  }
}

/** Names that come again are counted; places without a name have their number. */
function columnNames(row: readonly string[]): readonly string[] {
  const given = row.map((name, at) => (name === '' ? `Unnamed: ${at}` : name))
  const taken = new Set(given)
  const counts = new Map<string, number>()
  return given.map((name) => {
    let count = counts.get(name)
    counts.set(name, (count ?? 0) + 1)
    if (count === undefined) return name
    let unique = `${name}.${count}`
    while (taken.has(unique)) unique = `${name}.${++count}`
    counts.set(name, count + 1)
    taken.add(unique)
    return unique
  })
}

const tooLong = (line: number, found: number, expected: number) =>
  failure('API_ANSWER_INVALID', {
    message: `Row ${line} of a CSV file has ${found} cells, and the rows before it have ${expected}.`,
    hint: 'Look at the file: a cell with a comma in it must be quoted.',
    failureType: 'system_error',
  })

export const cutOff = () =>
  failure('API_ANSWER_INVALID', {
    message: 'A CSV file ends within a quoted cell.',
    hint: 'It was cut off, or a quote is missing: look at the file that the API made.',
    failureType: 'system_error',
  })
