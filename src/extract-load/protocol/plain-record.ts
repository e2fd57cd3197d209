import { jsonMembers, jsonObject } from './exact-json.js'

/** How a stream's records are taken apart by plainRecord. */
export interface PlainShape {
  /** What the columns of the keys are called. */
  readonly names: ReadonlyMap<string, string>
  /** The columns whose values are JSON, and stay it. */
  readonly jsonColumns: ReadonlySet<string>
  /** Columns of what lies inside the value of a key. */
  readonly parts?: readonly { readonly name: string; readonly path: readonly string[] }[] | undefined
}

/**
 * A record as the warehouse's quick JSON reader takes it without a loss: each value is a string that holds the value's text (of a
 * string in a column that is not JSON the string itself), so that no number is rounded. Those of JSON columns go to the member `exact`,
 * the others stay in `data`; what is no column is left out. Half surrogate pairs, which are no text, become U+FFFD; of a key that comes
 * twice the last value counts.
 * @param message a RECORD message
 */
export function plainRecord(message: string, { names, jsonColumns, parts = [] }: PlainShape): string {
  const members = jsonMembers(jsonMembers(message)?.get('record') ?? '') ?? new Map<string, string>()
  const plain = new Map<string, string>()
  const exact = new Map<string, string>()
  const data = jsonMembers(members.get('data') ?? '{}') ?? new Map<string, string>()
  for (const { name, path } of parts) {
    const value = valueAt(data, path)
    if (value !== undefined && value !== 'null') plain.set(name, plainValue(value))
  }
  for (const [key, value] of data) {
    const name = names.get(key)
    if (name === undefined || value === 'null') continue
    if (jsonColumns.has(name)) exact.set(name, JSON.stringify(withoutHalfPairs(value).toWellFormed()))
    else plain.set(name, plainValue(value))
  }
  const kept = ['emitted_at', 'meta'].flatMap((key) => {
    const value = members.get(key)
    return value === undefined ? [] : [[key, value] as const]
  })
  const record = new Map([['data', jsonObject(plain)], ['exact', jsonObject(exact)], ...kept])
  return jsonObject(new Map([['record', jsonObject(record)]]))
}

function valueAt(members: ReadonlyMap<string, string>, [key = '', ...inside]: readonly string[]): string | undefined {
  const value = members.get(key)
  if (inside.length === 0 || value === undefined) return value
  return valueAt(jsonMembers(value) ?? new Map(), inside)
}

function plainValue(value: string): string {
  const text = value.startsWith('"') ? (JSON.parse(value) as string) : withoutHalfPairs(value)
  return JSON.stringify(text.toWellFormed())
}

/** The escapes of halves in the text of a nested value, which stay escapes. */
const withoutHalfPairs = (json: string) =>
  json.replace(/(\\\\)|(\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w)|(\\u[dD][89a-fA-F]\w\w)/g, (all, _slash, pair, half) =>
    half === undefined || pair ? all : '\\ufffd',
  )
