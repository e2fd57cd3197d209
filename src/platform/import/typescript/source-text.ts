/** Code that stands in a value as it is: `partitions.daily({ … })`. */
export class Code {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export const code = (text: string): Code => new Code(text)

export type SourceValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | Code
  | readonly SourceValue[]
  | { readonly [name: string]: SourceValue }

/** So wide a line may become before it is broken. */
const width = 110

/** A text in the quotes of the house, on one line. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  return inner.includes("'") && !inner.includes('"')
    ? `"${inner}"`
    : `'${inner.replaceAll("'", "\\'").replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}

const isName = (name: string) => /^[A-Za-z_$][\w$]*$/.test(name)
const indented = (text: string) => text.replaceAll('\n', '\n  ')

/** A value as TypeScript, on one line where it fits. What is undefined is left out. */
export function sourceOf(value: SourceValue, used = 0): string {
  if (value instanceof Code) return value.text
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value !== 'object') return String(value)
  const isList = Array.isArray(value)
  const parts = isList
    ? (value as readonly SourceValue[]).map((one) => sourceOf(one))
    : Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [property(name, one)]))
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return `${open}${close}`
  const line = isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  if (!line.includes('\n') && line.length + used <= width) return line
  return `${open}\n${parts.map((part) => `  ${indented(part)},`).join('\n')}\n${close}`
}

function property(name: string, value: SourceValue): string {
  const key = isName(name) ? name : quoted(name)
  const text = sourceOf(value, key.length + 2)
  // A method stands without a colon.
  return value instanceof Code && (value.text.startsWith(`${key}(`) || value.text.startsWith(`async ${key}(`))
    ? text
    : `${key}: ${text}`
}

/** A call. @param used how far its line has gone before it */
export function call(name: string, args: readonly SourceValue[], used = 0): Code {
  let text = `${name}(`
  for (const [i, arg] of args.entries()) {
    const column = text.length - (text.lastIndexOf('\n') + 1) + (text.includes('\n') ? 0 : used)
    text += `${i === 0 ? '' : ', '}${sourceOf(arg, column)}`
  }
  return code(`${text})`)
}

/** Lines of a comment; whatever stands in them ends no comment and opens none. */
export const comment = (lines: readonly string[]): string =>
  lines
    .flatMap((line) => line.split(/\r\n|[\n\r\u2028\u2029]/))
    .map((line) => `// ${line}`.trimEnd())
    .join('\n')

const reserved = new Set(
  'abstract any arguments as async await boolean break case catch class const constructor continue debugger declare default delete do else enum eval export extends false finally for from function get if implements import in instanceof interface is let module namespace never new null number object of package private protected public require return set static string super switch symbol this throw true try type typeof undefined unknown var void while with yield'.split(
    ' ',
  ),
)

/** Gives things names that code may have, each one once. */
export class Names {
  readonly #used: Set<string>

  constructor(used: Iterable<string>) {
    this.#used = new Set(used)
  }

  /** `reports/letter` becomes `reportsLetter`. */
  of(text: string, ending = ''): string {
    const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
    const joined = words.map((word, i) => (i === 0 ? lowerFirst(word) : upperFirst(word))).join('')
    const plain = /^[A-Za-z]/.test(joined) ? joined : `_${joined}`
    const base = reserved.has(plain) || this.#used.has(plain) ? `${plain}${ending}` : plain
    for (let i = 1; ; i++) {
      const name = i === 1 ? base : `${base}${i}`
      if (reserved.has(name) || this.#used.has(name)) continue
      this.#used.add(name)
      return name
    }
  }
}

const upperFirst = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const lowerFirst = (word: string) =>
  /^[A-Z0-9]+$/.test(word) ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1)
