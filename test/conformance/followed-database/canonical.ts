/** What two servers print of one value differs; these forms do not. */
export type Form = 'number' | 'float' | 'float4' | 'boolean' | 'moment' | 'json' | 'binary' | 'text'

const forms: Readonly<Record<string, Form>> = {
  bool: 'boolean',
  boolean: 'boolean',
  bytea: 'binary',
  blob: 'binary',
  float4: 'float4',
  float: 'float4',
  float8: 'float',
  double: 'float',
  json: 'json',
  jsonb: 'json',
  date: 'moment',
  time: 'moment',
  timestamp: 'moment',
  timestamptz: 'moment',
  'timestamp with time zone': 'moment',
  money: 'number',
}

/** @param type as PostgreSQL or DuckDB calls it */
export function formOf(type: string, category = 'b'): Form {
  const name = type.toLowerCase()
  if (name.startsWith('_') || name.endsWith('[]') || category === 'c') return 'json'
  if (/^(u?(tiny|small|big|huge)?int|oid|numeric|decimal|uinteger|integer)/.test(name) && category === 'b')
    return name.includes('range') ? 'text' : 'number'
  return forms[name] ?? 'text'
}

export function isEqual(source: string, sourceForm: Form, loaded: string, loadedForm: Form): boolean {
  if (source === loaded) return true
  const as = (form: Form) => canonical(form, source) === canonical(form, loaded)
  // A column that once held something else holds texts.
  if (loadedForm === 'text') return as(sourceForm)
  if (sourceForm === 'float4') return as('float4')
  return as(loadedForm)
}

/** Equal texts for equal values. */
export function canonical(form: Form, text: string): string {
  switch (form) {
    case 'number':
      return number(text)
    case 'float':
      return float(text, (value) => value)
    case 'float4':
      return float(text, Math.fround)
    case 'boolean':
      return text.charAt(0).toLowerCase()
    case 'moment':
      return moment(text)
    case 'json':
      return json(text)
    case 'binary':
      return text.replace(/^\\x/, '').toLowerCase()
    case 'text':
      return text
  }
}

/** Without zeros that say nothing. */
function number(text: string): string {
  if (/e/i.test(text)) return String(Number(text))
  const [, sign = '', whole = '', rest = ''] = /^(-?)0*(\d*)\.?(\d*?)0*$/.exec(text) ?? []
  if (whole === '' && rest === '') return /\d/.test(text) ? '0' : text
  return `${sign}${whole || '0'}${rest === '' ? '' : `.${rest}`}`
}

function float(text: string, round: (value: number) => number): string {
  const named = { inf: 'Infinity', '-inf': '-Infinity', nan: 'NaN' }[text.toLowerCase()]
  const value = round(Number(named ?? text))
  return String(value === 0 ? 0 : value)
}

/** `2024-01-31T00:00:00.500Z` and `2024-01-31 00:00:00.5+00` are the same; a day is its first moment. */
function moment(text: string): string {
  const isBefore = /BC/.test(text)
  const plain = text
    .replace(/\s*\(?BC\)?/, '')
    .replace('T', ' ')
    .replace(/(Z|\+00(:00)?)$/, '')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace(/ 00:00:00$/, '')
  return isBefore ? `${plain} BC` : plain
}

function json(text: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(text)))
  } catch {
    return text
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  )
}
