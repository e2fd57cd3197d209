import type { Cell, ColumnKind } from '../contract.js'

/** A type of PostgreSQL by its number: https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat */
interface BuiltinType {
  readonly name: string
  readonly kind: ColumnKind
}

const scalars: Readonly<Record<number, readonly [name: string, kind: ColumnKind, array: number]>> = {
  16: ['boolean', 'boolean', 1000],
  17: ['bytea', 'binary', 1001],
  18: ['"char"', 'text', 1002],
  19: ['name', 'text', 1003],
  20: ['bigint', 'integer', 1016],
  21: ['smallint', 'integer', 1005],
  23: ['integer', 'integer', 1007],
  25: ['text', 'text', 1009],
  26: ['oid', 'integer', 1028],
  114: ['json', 'json', 199],
  700: ['real', 'float', 1021],
  701: ['double precision', 'float', 1022],
  1042: ['character', 'text', 1014],
  1043: ['character varying', 'text', 1015],
  1082: ['date', 'date', 1182],
  1083: ['time without time zone', 'time', 1183],
  1114: ['timestamp without time zone', 'timestamp', 1115],
  1184: ['timestamp with time zone', 'timestamptz', 1185],
  1186: ['interval', 'interval', 1187],
  1266: ['time with time zone', 'time', 1270],
  1700: ['numeric', 'decimal', 1231],
  2950: ['uuid', 'uuid', 2951],
  3802: ['jsonb', 'json', 3807],
}

const builtins = new Map<number, BuiltinType>()
const elements = new Map<number, number>()
for (const [oid, [name, kind, array]] of Object.entries(scalars)) {
  builtins.set(Number(oid), { name, kind })
  builtins.set(array, { name: `${name}[]`, kind: 'list' })
  elements.set(array, Number(oid))
}

const kindsByName = new Map([...builtins.values()].map(({ name, kind }) => [name, kind]))

/** A built-in type with what stands in its brackets; undefined for a type that only this database knows. */
export function builtinType(oid: number, modifier: number): BuiltinType | undefined {
  const type = builtins.get(oid)
  if (!type || modifier < 0) return type
  const length = modifier - 4
  if (oid === 1042 || oid === 1043) return { ...type, name: `${type.name}(${length})` }
  // The scale is a number of eleven bits with a sign: it may be negative.
  if (oid === 1700)
    return { ...type, name: `numeric(${(length >> 16) & 0xffff},${((length & 0x7ff) ^ 0x400) - 0x400})` }
  return type
}

/** What a column holds, by its type as `format_type` prints it. */
export function kindOfName(name: string): ColumnKind {
  if (name.endsWith('[]')) return 'list'
  return kindsByName.get(name.replace(/\([-\d,]+\)/, '')) ?? 'unknown'
}

/** A value as PostgreSQL prints it, exact, in the contract's form. */
export function toCell(text: string | null, oid: number): Cell {
  if (text === null) return null
  const element = elements.get(oid)
  if (element !== undefined) return toList(text, element)
  switch (builtins.get(oid)?.kind) {
    case 'boolean':
      return text === 't'
    case 'integer':
      return integer(text)
    case 'float':
      return Number(text)
    case 'binary':
      return bytes(text)
    case 'timestamp':
      return text.replace(' ', 'T')
    case 'timestamptz':
      return utc(text)
    default:
      return text
  }
}

function integer(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/** `\x0aff`, or with bytea_output = escape `a\\b\001`. */
function bytes(text: string): Uint8Array {
  if (text.startsWith('\\x')) return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
  const binary = text.replace(/\\(\\|[0-7]{3})/g, (_, code: string) =>
    code === '\\' ? '\\' : String.fromCharCode(Number.parseInt(code, 8)),
  )
  return new Uint8Array(Buffer.from(binary, 'latin1'))
}

const zoned = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d+)?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?$/

/** The instant in UTC, with every digit of the second. Years beyond JavaScript's stay as they are. */
function utc(text: string): string {
  const [, year, month, day, hour, minute, second, fraction = '', sign, ...rest] = zoned.exec(text) ?? []
  if (year === undefined) return text
  const era = rest.pop()
  const [hours = 0, minutes = 0, seconds = 0] = rest.map((part) => Number(part ?? 0))
  const offsetMs = (sign === '-' ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds) * 1000
  const date = new Date(0)
  // The year before the year 1 is 0 here, and 1 BC there.
  date.setUTCFullYear(era ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute), Number(second))
  const at = new Date(date.getTime() - offsetMs)
  if (Number.isNaN(at.getTime())) return text
  const [, , monthAndTime] = /^([+-]?\d+)(-\d\d-\d\dT\d\d:\d\d:\d\d)/.exec(at.toISOString()) ?? []
  const utcYear = at.getUTCFullYear()
  const [shownYear, utcEra] = utcYear < 1 ? [1 - utcYear, ' BC'] : [utcYear, '']
  return `${String(shownYear).padStart(4, '0')}${monthAndTime}${fraction}Z${utcEra}`
}

/** `{1,NULL,"a \"b\""}`, nested, or with bounds before it: `[0:1]={1,2}`. */
function toList(text: string, element: number): Cell {
  let at = text.indexOf('{')
  const read = (): Cell[] => {
    const items: Cell[] = []
    at++
    while (text[at] !== '}') {
      if (text[at] === ',') at++
      else if (text[at] === '{') items.push(read())
      else if (text[at] === '"') items.push(toCell(quoted(), element))
      else {
        const from = at
        while (text[at] !== ',' && text[at] !== '}') at++
        const item = text.slice(from, at)
        items.push(item === 'NULL' ? null : toCell(item, element))
      }
    }
    at++
    return items
  }
  const quoted = (): string => {
    let value = ''
    at++
    while (text[at] !== '"') {
      if (text[at] === '\\') at++
      value += text[at++]
    }
    at++
    return value
  }
  return at < 0 ? text : read()
}

/** A cell as a parameter: its text, and its type where the value says more than the place it is put. */
export function toParameter(cell: Cell): { readonly text: string | null; readonly oid: number } {
  if (cell === null) return { text: null, oid: 0 }
  if (typeof cell === 'boolean') return { text: String(cell), oid: 16 }
  if (typeof cell === 'bigint') return { text: String(cell), oid: isBigint(cell) ? 20 : 1700 }
  if (typeof cell === 'number') {
    if (!Number.isSafeInteger(cell)) return { text: String(cell), oid: 701 }
    return { text: String(cell), oid: Math.abs(cell) < 2 ** 31 ? 23 : 20 }
  }
  if (cell instanceof Uint8Array) return { text: `\\x${Buffer.from(cell).toString('hex')}`, oid: 17 }
  if (Array.isArray(cell)) return { text: arrayText(cell), oid: 0 }
  return { text: typeof cell === 'string' ? cell : JSON.stringify(cell), oid: 0 }
}

const isBigint = (value: bigint) => value >= -(2n ** 63n) && value < 2n ** 63n

function arrayText(items: readonly Cell[]): string {
  const texts = items.map((item) => {
    if (Array.isArray(item)) return arrayText(item)
    const { text } = toParameter(item)
    return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`
  })
  return `{${texts.join(',')}}`
}
