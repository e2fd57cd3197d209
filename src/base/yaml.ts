import { createRequire } from 'node:module'
import type { Tags } from 'yaml'
import { codeFrame } from './code-frame.js'
import { baseErrors, type SourceLocation } from './errors.js'
import { type PlainYaml, readPlainYaml } from './plain-yaml.js'

/** Loaded when something is read with it: its seventy files are a fifth of what starting costs. */
let loaded: typeof import('yaml') | undefined
const library = () => {
  loaded ??= createRequire(import.meta.url)('yaml') as typeof import('yaml')
  return loaded
}

export interface YamlDocument {
  readonly value: unknown
  /** Nothing rare stands in it; above all, no key stands twice. */
  readonly isPlain: boolean
  /** Where the value under this path stands; the nearest parent when the path does not exist. */
  locate(path: readonly (string | number)[]): SourceLocation
  /** Where the name of a setting stands, with the lines around it: what an error about it shows. */
  show(path: readonly (string | number)[]): { readonly at: SourceLocation; readonly frame: string }
}

/**
 * What Python's YAML holds for text, whatever YAML 1.1 says. `y` and `n`: columns and variables are called so. A float
 * without a digit, and an exponent without a dot and a sign: `.` is a folder, 12e4567 the beginning of a commit.
 */
const pythonTags = (tags: Tags): Tags =>
  tags.map((tag) => {
    if (typeof tag !== 'object' || !('test' in tag) || !tag.test) return tag
    const { source } = tag.test
    if (tag.tag === 'tag:yaml.org,2002:bool') return { ...tag, test: new RegExp(`^(?![yYnN]$)(?:${source})`) }
    if (tag.tag !== 'tag:yaml.org,2002:float') return tag
    const isNumber =
      '[-+]?\\.(?:inf|Inf|INF|nan|NaN|NAN)$|[-+]?\\d[\\d_]*\\.[\\d_]*(?:[eE][-+]\\d+)?$|\\.\\d[\\d_]*(?:[eE][-+]\\d+)?$'
    return { ...tag, test: new RegExp(`^(?=${isNumber}|[^.]*:)(?:${source})`) }
  })

const dialects = { '1.1': { version: '1.1', customTags: pythonTags }, '1.2': { version: '1.2' } } as const

type Version = keyof typeof dialects

/** The plain words that are no text. A test holds them to what the library makes of them. */
const words: Readonly<Record<Version, ReadonlyMap<string, unknown>>> = {
  '1.1': wordsOf('~ null Null NULL', 'yes Yes YES true True TRUE on On ON', 'no No NO false False FALSE off Off OFF'),
  '1.2': wordsOf('~ null Null NULL', 'true True TRUE', 'false False FALSE'),
}

function wordsOf(nothing: string, yes: string, no: string): ReadonlyMap<string, unknown> {
  const meanings = [
    [nothing, null],
    [yes, true],
    [no, false],
  ] as const
  return new Map(meanings.flatMap(([list, meaning]) => list.split(' ').map((word) => [word, meaning] as const)))
}

/** The value of YAML text, read as Python reads it. @throws any error that `yaml` throws */
export function parsePythonYaml(text: string): unknown {
  const plain = readPlainYaml(text, { words: words['1.1'] })
  return plain ? plain.value : library().parse(text, dialects['1.1'])
}

export const printYaml = (value: unknown): string => library().stringify(value)

/**
 * Reads one YAML document. `version: '1.1'` reads as Python's YAML does (`yes`, `no`, `on`, `off` are booleans,
 * merge keys work): dbt's files need that.
 * @throws YAML_SYNTAX with line, column and a code frame.
 */
export function readYaml(text: string, file: string, { version = '1.2' }: { version?: Version } = {}): YamlDocument {
  const source = text.replaceAll('\r\n', '\n')
  const plain = readPlainYaml(source, { words: words[version], endsAsFile: version === '1.1' })
  return plain ? plainDocument(plain, source, file) : wholeDocument(text, file, version)
}

/** The library's messages in plain words; what it reports is often where it noticed, one line below the mistake. */
const hints: readonly (readonly [RegExp, string])[] = [
  [/without - indicator/, 'This line belongs to a list: give it the indentation of the text behind the `-` above it.'],
  [
    /must start at the same column/,
    'Entries of one mapping or list have the same indentation: compare with the lines above.',
  ],
  [
    /scalar at node end/,
    'Something stands behind the end of a value, or an entry lacks its `-`: quote the value as a whole, and write a quote within quotes twice.',
  ],
  [
    /implicit map key|same line with key|compact mappings/,
    'A value may not hold `: ` or begin with `- ` on the line of its key: quote it, or write the list on lines of its own.',
  ],
  [/closing "quote|closing 'quote/, 'A quote that begins here never ends.'],
  [/reserved character/, 'Put the value in quotes.'],
  [/Tabs are not allowed/, 'Indent with spaces.'],
  [/sufficiently indented and end with/, 'A bracket that was opened above is not closed.'],
  [/single line|need to be followed by map values/, 'This line lacks a `:` behind its name, or the `-` of a list.'],
]

const hintFor = (message: string): string =>
  hints.find(([pattern]) => pattern.test(message))?.[1] ??
  'Check the indentation and the quotes on this line and on the one above it.'

function plainDocument({ value, places, start }: PlainYaml, text: string, file: string): YamlDocument {
  let starts: readonly number[] | undefined
  const at = (offset: number): SourceLocation => {
    starts ??= lineStarts(text)
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return { file, line: low + 1, column: offset - (starts[low] as number) + 1 }
  }
  /** Where the key of this path stands, or its value; of a path that does not exist the nearest parent. */
  const offset = (path: readonly (string | number)[], part: 'key' | 'value'): number => {
    let found = start
    let holder = value
    for (const [i, name] of path.entries()) {
      const isList = Array.isArray(holder)
      const index = isList ? Number(name) : Object.keys((holder ?? {}) as object).indexOf(String(name))
      const known = holder !== null && typeof holder === 'object' ? places.get(holder) : undefined
      const isKey = part === 'key' && i === path.length - 1
      const place = isList ? known?.[index] : known?.[index * 2 + (isKey ? 0 : 1)]
      if (index < 0 || place === undefined) break
      found = place
      holder = (holder as Record<string | number, unknown>)[name]
    }
    return found
  }
  return {
    value,
    isPlain: true,
    locate: (path) => at(offset(path, 'value')),
    show(path) {
      const place = at(offset(path, 'key'))
      return { at: place, frame: codeFrame(text, place.line ?? 1, place.column) }
    },
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The same by the library that knows all of YAML. */
function wholeDocument(text: string, file: string, version: Version): YamlDocument {
  const { isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, visit } = library()
  const lineCounter = new LineCounter()
  const document = parseDocument(text, {
    ...dialects[version],
    merge: true,
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
  })
  const invalid = (message: string, offset: number, hint: string) => {
    const { line, col } = lineCounter.linePos(offset)
    return baseErrors.create('YAML_SYNTAX', {
      message: `${file} is not valid YAML: ${message}`,
      at: { file, line, column: col },
      frame: codeFrame(text, line, col),
      hint,
    })
  }
  const [problem] = document.errors
  if (problem) throw invalid(problem.message, problem.pos[0], hintFor(problem.message))
  visit(document, {
    // What a template without quotes is to YAML.
    Pair(_, { key }) {
      if (!isCollection(key)) return
      throw invalid(
        'A key is a mapping or a list here.',
        key.range?.[0] ?? 0,
        'Put quotes around a template: "{{ … }}".',
      )
    },
  })
  if (version === '1.1' && !text.endsWith('\n')) cutLastLine(document.contents)
  const place = (node: unknown): SourceLocation | undefined => {
    if (!isNode(node) || !node.range) return undefined
    const { line, col } = lineCounter.linePos(node.range[0])
    return { file, line, column: col }
  }
  const locate = (path: readonly (string | number)[]): SourceLocation => {
    for (let length = path.length; length >= 0; length--) {
      const found = place(length === 0 ? document.contents : document.getIn(path.slice(0, length), true))
      if (found) return found
    }
    return { file, line: 1, column: 1 }
  }
  return {
    value: document.toJS({ maxAliasCount: 10_000 }),
    isPlain: false,
    locate,
    show(path) {
      const holder: unknown = document.getIn(path.slice(0, -1), true)
      const pair = isMap(holder)
        ? holder.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
        : undefined
      const at = place(pair?.key) ?? locate(path)
      return { at, frame: codeFrame(text, at.line ?? 1, at.column) }
    },
  }
}

/** To Python, a block of text at the end of a file without a line end has none either. */
function cutLastLine(contents: unknown): void {
  const { isCollection, isPair, isScalar } = library()
  let last = contents
  while (isCollection(last) || isPair(last)) last = isPair(last) ? last.value : last.items.at(-1)
  if (!isScalar(last) || !last.type?.startsWith('BLOCK') || typeof last.value !== 'string') return
  last.value = last.value.replace(/\n$/, '')
}
