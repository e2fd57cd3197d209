/** A number as it was written, where JavaScript would write it otherwise: `1.0`, `1e3`, whole ones beyond 2^53. */
export class WrittenNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const numberToken = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity/y

/** JSON with its numbers as they are written, and with the ones that only Python takes for JSON. */
export function readExact(text: string): unknown {
  let at = 0
  const space = () => {
    while (/\s/.test(text[at] ?? '')) at++
  }
  const expect = (token: string) => {
    space()
    if (!text.startsWith(token, at)) throw new SyntaxError(`expected ${token} at ${at}: ${text.slice(at, at + 40)}`)
    at += token.length
  }
  const isNext = (token: string) => {
    space()
    if (!text.startsWith(token, at)) return false
    at += token.length
    return true
  }
  const string = (): string => {
    space()
    const start = at++
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    return JSON.parse(text.slice(start, ++at)) as string
  }
  const value = (): unknown => {
    space()
    if (text[at] === '"') return string()
    if (isNext('true')) return true
    if (isNext('false')) return false
    if (isNext('null')) return null
    if (isNext('[')) return list()
    if (isNext('{')) return object()
    numberToken.lastIndex = at
    const written = numberToken.exec(text)?.[0]
    if (written === undefined) throw new SyntaxError(`no JSON at ${at}: ${text.slice(at, at + 40)}`)
    at += written.length
    return String(Number(written)) === written && !/N|I/.test(written) ? Number(written) : new WrittenNumber(written)
  }
  const list = (): unknown[] => {
    const items: unknown[] = []
    if (isNext(']')) return items
    do items.push(value())
    while (isNext(','))
    expect(']')
    return items
  }
  const object = (): Record<string, unknown> => {
    const members: Record<string, unknown> = {}
    if (isNext('}')) return members
    do {
      const key = string()
      expect(':')
      Object.defineProperty(members, key, { value: value(), enumerable: true, configurable: true, writable: true })
    } while (isNext(','))
    expect('}')
    return members
  }
  const read = value()
  space()
  if (at < text.length) throw new SyntaxError(`more than one value at ${at}: ${text.slice(at, at + 40)}`)
  return read
}

/** @param number how a number that is no plain one is written */
function write(value: unknown, sorted: boolean, number: (text: string) => string): string {
  if (value instanceof WrittenNumber) return number(value.text)
  if (Array.isArray(value)) return `[${value.map((item) => write(item, sorted, number)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value)
  if (sorted) entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item, sorted, number)}`).join(',')}}`
}

export const writeExact = (value: unknown): string => write(value, false, (text) => text)

/** One text for all that counts as equal: keys sorted, `1.0` as `1`. */
export const canonical = (value: unknown): string =>
  write(value, true, (text) => (/^-?\d+$/.test(text) || !Number.isFinite(Number(text)) ? text : String(Number(text))))
