import { basename } from 'node:path'
import { dateTimeOf, PyDateTime } from '../../python/index.js'
import { transformErrors } from '../errors.js'
import { readCsv } from './csv.js'

/** A CSV as dbt reads seeds: quoted fields, and types tried in the order integer, number, date, time, boolean, text. */
export interface SeedTable {
  readonly names: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
  readonly types: readonly SeedType[]
  /** The engine's own CSV reader gives the same rows. */
  readonly isCopyable: boolean
  /** What was read otherwise than it looks. */
  readonly warnings: readonly string[]
}
export type SeedType = 'integer' | 'bigint' | 'number' | 'date' | 'timestamp' | 'boolean' | 'text'

const sqlTypes: Readonly<Record<SeedType, string>> = {
  integer: 'integer',
  bigint: 'bigint',
  number: 'double precision',
  date: 'date',
  timestamp: 'timestamp without time zone',
  boolean: 'boolean',
  text: 'text',
}

export const sqlTypeOf = (seed: SeedTable, index: number): string => sqlTypes[seed.types[index] ?? 'text']

/**
 * @param columnTypes of the seed's config
 * @param nullIsText the database reads the file itself, and takes for a null only what is empty
 * @throws TRANSFORM_COMPILE for an empty file, a row with another number of values than the header, a type that is cut off
 */
export function readSeed(
  text: string,
  file: string,
  delimiter: string,
  columnTypes: Readonly<Record<string, unknown>>,
  { nullIsText = false }: { readonly nullIsText?: boolean } = {},
): SeedTable {
  if (delimiter.length !== 1)
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `The seed's \`delimiter\` must be one character, not ${JSON.stringify(delimiter)}.`,
      at: { file },
    })
  checkTypes(columnTypes, file)
  const { rows: lines, lineNumbers, openLine } = readCsv(text.replace(/^\uFEFF/, ''), delimiter)
  const [header, ...body] = lines
  if (!header)
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: 'The seed is empty: its first line names its columns.',
      at: { file, line: 1 },
      hint: 'Write at least the names of the columns, or remove the file.',
    })
  const written = header.map((name) => name.trim())
  const names = distinctNames(written)
  const warnings = names.flatMap((name, i) => {
    const column = written[i] === '' ? `Column ${i + 1} has no name` : `The column '${written[i]}' is there twice`
    return name === written[i] ? [] : [`${file}:1: ${column}; it is called '${name}'.`]
  })
  if (openLine !== undefined)
    warnings.push(`${file}:${openLine}: A quote that begins here never ends: all that follows is one value.`)
  for (const [i, row] of body.entries())
    if (row.length !== names.length) {
      const line = lineNumbers[i + 1]
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `The seed has ${names.length} columns, but line ${line} has ${row.length} value${row.length === 1 ? '' : 's'}.`,
        at: { file, line },
        hint: 'Put values that contain the delimiter in double quotes.',
      })
    }
  let isCopyable = warnings.length === 0
  const types = names.map((name, i) => {
    const values = body.map((row) => (row[i] as string).trim())
    const type = Object.hasOwn(columnTypes, name) ? 'text' : inferType(values.filter((value) => !isNull(value)))
    const isRead = (value: string) =>
      (!isNull(value) || (nullIsText && type === 'text')) &&
      !(type === 'integer' && /\D/.test(value.slice(1))) &&
      !(isNumber(type) && plainNumber(value) !== value)
    if (values.some((value, at) => body[at]?.[i] !== '' && !isRead(value))) isCopyable = false
    return type
  })
  const rows = body.map((row) =>
    row.map((value, i) => {
      const type = types[i]
      if (nullIsText && type === 'text' ? value === '' : isNull(value.trim())) return null
      if (type === 'text') return value
      if (type === 'timestamp') return inUtc(value.trim())
      if (type === 'integer' || type === 'bigint') return wholeNumber(plainNumber(value))
      return type === 'number' ? plainNumber(value) : value.trim()
    }),
  )
  const unknown = Object.keys(columnTypes).filter((name) => !names.includes(name))
  if (unknown.length > 0)
    warnings.push(
      `Column types specified for non-existent columns in seed '${basename(file, '.csv')}' (file: ${file}): ${unknown.sort().join(', ')}. They are not used.`,
    )
  return { names, rows, types, isCopyable, warnings }
}

/** A time in another zone as its column has it, which has none: in UTC. */
function inUtc(text: string): string {
  const time = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/.test(text) && text.includes('T') ? dateTimeOf(text) : undefined
  return time === undefined ? text : new PyDateTime({ wallMs: time.instantMs, micros: time.micros }).iso(' ')
}

/** `{amount: decimal(12,2)}` is two entries for YAML. */
function checkTypes(columnTypes: Readonly<Record<string, unknown>>, file: string): void {
  for (const [column, type] of Object.entries(columnTypes))
    if (typeof type === 'string' && type.split('(').length > type.split(')').length)
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `The type of the column '${column}' in \`column_types\` is cut off: ${type}`,
        at: { file },
        hint: `Within {…} YAML ends a value at the comma: put the type in quotes, {${column}: "decimal(12,2)"}.`,
      })
}

/** dbt's names for columns that have none, or one that is taken: a letter, a number behind the name. */
function distinctNames(written: readonly string[]): string[] {
  const names: string[] = []
  for (const [i, text] of written.entries()) {
    const name = text === '' ? 'abcdefghijklmnopqrstuvwxyz'.charAt(i % 26).repeat(Math.floor(i / 26) + 1) : text
    let free = name
    for (let n = 2; names.includes(free); n++) free = `${name}_${n}`
    names.push(free)
  }
  return names
}

const isNull = (value: string) => value === '' || value.toLowerCase() === 'null'
const isNumber = (type: SeedType | undefined) => type === 'integer' || type === 'bigint' || type === 'number'

/** A number as dbt reads it: `$1,000.50` and `50%` are numbers too. */
const plainNumber = (value: string) => {
  const [, sign = '', digits = ''] = /^(-?)(.*)$/.exec(value.trim().replace(/^%+|%+$/g, '')) ?? []
  return sign + digits.replace(/^[$€£¥]+|[$€£¥]+$/g, '').replaceAll(',', '')
}

/** `50.00` and `1e3` are whole numbers, which columns of whole numbers take in digits only. */
const wholeNumber = (value: string) => {
  const [digits, fraction = ''] = value.split('.')
  if (/^[+-]?\d+$/.test(digits ?? '') && /^0*$/.test(fraction)) return digits ?? value
  return String(BigInt(Number(value)))
}

const maxInteger = 2_147_483_647

const isDate = (value: string) => {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value) ?? []
  if (day === undefined) return false
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}
const patterns: readonly (readonly [SeedType, (value: string) => boolean])[] = [
  ['number', (value) => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(plainNumber(value))],
  ['date', isDate],
  ['timestamp', (value) => /^\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{1,2}:\d{1,2}$/.test(value)],
  [
    'timestamp',
    (value) => /^\d{4}-?\d{2}-?\d{2}T\d{2}:?\d{2}(?::?\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/.test(value),
  ],
  ['boolean', (value) => /^(?:true|false)$/i.test(value)],
]

function inferType(values: readonly string[]): SeedType {
  if (values.length === 0) return 'integer'
  const found = patterns.find(([, matches]) => values.every(matches))?.[0] ?? 'text'
  if (found !== 'number') return found
  const numbers = values.map(plainNumber)
  if (!numbers.every((value) => Number.isInteger(Number(value)))) return 'number'
  return numbers.every((value) => Math.abs(Number(value)) <= maxInteger) ? 'integer' : 'bigint'
}
