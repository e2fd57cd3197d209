import { createRequire } from 'node:module'
import type { Document, LineCounter, ScalarTag, Tags, ToJSOptions, YAMLError } from 'yaml'
import { baseErrors, type SourceLocation } from '../errors.js'
import { codeFrame } from '../text/code-frame.js'
import { type FlowOptions, parseFreeFlow } from './free-flow-yaml.js'
import { type PlainYaml, readPlainYaml } from './plain-yaml.js'
import { hintFor, placeOf } from './yaml-problem.js'

/** Loaded when something is read with it: its seventy files are a fifth of what starting costs. */
let loaded: typeof import('yaml') | undefined
export const yamlLibrary = () => {
  loaded ??= createRequire(import.meta.url)('yaml') as typeof import('yaml')
  return loaded
}

export interface DuplicateKey {
  readonly key: string
  readonly at: SourceLocation
  /** Where it stood before. */
  readonly firstLine: number
}

export interface YamlDocument {
  readonly value: unknown
  /** Nothing rare stands in it. */
  readonly isPlain: boolean
  /** Keys that stand in one mapping once more: YAML readers keep the last one silently. */
  readonly duplicateKeys: readonly DuplicateKey[]
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

/** A date is the text that Python makes of it: what dbt reads of its files, it renders, and then a date is a text. */
const datedTags = (tags: Tags): Tags =>
  pythonTags(tags).map((tag) =>
    typeof tag === 'object' && 'test' in tag && tag.tag === 'tag:yaml.org,2002:timestamp'
      ? ({ ...tag, resolve: pythonDate } as ScalarTag)
      : tag,
  )

/** `2020-01-31T9:00Z` → `2020-01-31 09:00:00+00:00` */
function pythonDate(text: string): string {
  const [, date = text, hour, time, , fraction, zone] =
    /^(\S+?)(?:(?:[Tt]|[ \t]+)(\d{1,2})(:\d\d:\d\d)(\.(\d*))?[ \t]*(Z|[-+].*)?)?$/.exec(text) ?? []
  if (hour === undefined) return date
  const micros = (fraction ?? '').slice(0, 6).padEnd(6, '0')
  const [, sign, hours = '', minutes = '00'] = /^([-+])(\d{1,2}):?(\d\d)?$/.exec(zone ?? '') ?? []
  const offset =
    sign === undefined ? (zone === undefined ? '' : '+00:00') : `${sign}${hours.padStart(2, '0')}:${minutes}`
  return `${date} ${hour.padStart(2, '0')}${time}${Number(micros) === 0 ? '' : `.${micros}`}${offset}`
}

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

/** What stands for texts that JSON has no value for. Whole numbers that a number cannot hold are BigInts. */
export interface PythonValues {
  /** Of each number that is written with a point or an exponent. */
  readonly float: (value: number) => unknown
  /** Of the text that Python prints for a date or a time; without it, that text. */
  readonly time?: (text: string) => unknown
  /** Of a mapping whose keys an object would make texts of, or put elsewhere: `{2: b, 1: a}`; without it, that object. */
  readonly mapping?: (entries: readonly (readonly [unknown, unknown])[]) => unknown
}

/** The value of YAML text with Python's kinds of values in it. @throws any error that `yaml` throws */
export function parsePythonValues(text: string, { float, time = (one) => one, mapping }: PythonValues): unknown {
  const source = text.replaceAll('\r\n', '\n')
  const plain = readPlainYaml(source, { words: words['1.1'], endsAsFile: true, float })
  if (plain) return plain.value
  const makers: Readonly<Record<string, (value: unknown, text: string) => unknown>> = {
    'tag:yaml.org,2002:float': (value) => float(Number(value)),
    'tag:yaml.org,2002:int': (value, digits) => (Number.isSafeInteger(value) ? value : exactInteger(digits, value)),
    'tag:yaml.org,2002:timestamp': (value) => time(String(value)),
  }
  const customTags = (tags: Tags): Tags =>
    datedTags(tags).map((tag) => {
      if (typeof tag !== 'object' || !('test' in tag)) return tag
      const { resolve } = tag as ScalarTag
      const make = makers[tag.tag]
      const made: ScalarTag['resolve'] = (digits, ...given) => make?.(resolve?.(digits, ...given), digits)
      return make ? ({ ...tag, resolve: made } as ScalarTag) : tag
    })
  const options = { version: '1.1', customTags, merge: true, uniqueKeys: false } as const
  return mapping
    ? withMappings(pythonValue(source, { ...options, mapAsMap: true }), mapping)
    : pythonValue(source, options)
}

function withMappings(value: unknown, mapping: NonNullable<PythonValues['mapping']>): unknown {
  if (Array.isArray(value)) return value.map((one) => withMappings(one, mapping))
  if (!(value instanceof Map)) return value
  const entries = [...value].map(([key, item]) => [key, withMappings(item, mapping)] as const)
  const isPlain = entries.every(([key]) => typeof key === 'string' && !/^\d+$/.test(key))
  return isPlain ? Object.fromEntries(entries) : mapping(entries)
}

/** Decimal digits, which may be grouped; what is written to another base stays the number that comes nearest. */
function exactInteger(text: string, nearest: unknown): unknown {
  const digits = text.replaceAll('_', '')
  return /^[-+]?[1-9]\d*$/.test(digits) ? BigInt(digits.replace('+', '')) : nearest
}

/** The value of YAML text, read as Python reads it. @throws any error that `yaml` throws */
export function parsePythonYaml(text: string): unknown {
  const plain = readPlainYaml(text, { words: words['1.1'] })
  return plain ? plain.value : pythonValue(text, dialects['1.1'])
}

/** @throws any error that `yaml` throws */
function pythonValue(text: string, options: Omit<FlowOptions, 'lineCounter'> & ToJSOptions): unknown {
  try {
    return yamlLibrary().parse(text, options)
  } catch (error) {
    const free = parseFreeFlow(yamlLibrary(), text, { ...options, lineCounter: new (yamlLibrary().LineCounter)() })
    if (!free || free.errors.length > 0) throw error
    return free.toJS(options)
  }
}

const isOrderedMap = (tag: Tags[number]): boolean => typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:omap'

/** YAML as Python prints it. `plain` tells which values are printed as the text that they are: times. */
export function printPythonYaml(value: unknown, plain: (value: unknown) => string | undefined): string {
  const asItIs: ScalarTag = {
    tag: 'tag:yaml.org,2002:timestamp',
    default: true,
    identify: (one) => plain(one) !== undefined,
    resolve: (text) => text,
    stringify: ({ value: one }) => plain(one) ?? '',
  }
  return yamlLibrary().stringify(value, {
    version: '1.1',
    // A Map is a mapping with keys of any kind, no list of pairs.
    customTags: (tags) => [asItIs, ...pythonTags(tags).filter((tag) => !isOrderedMap(tag))],
    indentSeq: false,
    singleQuote: true,
    blockQuote: false,
  })
}

/** YAML as a person would write it, which readers of its older version read in the same way. */
export function printYaml(value: unknown): string {
  // Anchors are hard to read, and what is equal need not stay so.
  return yamlLibrary().stringify(value, { compat: 'yaml-1.1', aliasDuplicateObjects: false, lineWidth: 120 })
}

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
    // The quick reader leaves a file in which one stands to the library.
    duplicateKeys: [],
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

const mergeKey = '<<'

interface Parsed {
  readonly document: Document.Parsed
  readonly lineCounter: LineCounter
  readonly problem: YAMLError | undefined
}

/** Of Python's YAML only what the library refuses is tried once more, with lines within braces free to begin anywhere. */
function parsed(text: string, version: Version): Parsed {
  const { LineCounter, parseDocument } = yamlLibrary()
  const customTags = version === '1.1' ? { customTags: datedTags } : {}
  const options = { ...dialects[version], ...customTags, merge: true, prettyErrors: false, uniqueKeys: false }
  const lineCounter = new LineCounter()
  const document: Document.Parsed = parseDocument(text, { ...options, lineCounter })
  const problem = problemOf(document, version)
  if (problem && version === '1.1') {
    const lines = new LineCounter()
    const free = parseFreeFlow(yamlLibrary(), text, { ...options, lineCounter: lines })
    if (free && !problemOf(free, version)) return { document: free, lineCounter: lines, problem: undefined }
  }
  return { document, lineCounter, problem }
}

/** Python knows no tags but YAML's own; elsewhere they are passed over. */
const problemOf = ({ errors, warnings }: Document.Parsed, version: Version): YAMLError | undefined =>
  errors[0] ?? (version === '1.1' ? warnings[0] : undefined)

/** The same by the library that knows all of YAML. */
function wholeDocument(text: string, file: string, version: Version): YamlDocument {
  const { isAlias, isCollection, isMap, isNode, isScalar, isSeq, visit } = yamlLibrary()
  const { document, lineCounter, problem } = parsed(text, version)
  const invalid = (message: string, offset: number, hint: string) => {
    const { line, col } = lineCounter.linePos(offset)
    return baseErrors.create('YAML_SYNTAX', {
      message: `${file} is not valid YAML: ${message}`,
      at: { file, line, column: col },
      frame: codeFrame(text, line, col),
      hint,
    })
  }
  if (problem) throw invalid(problem.message, placeOf(problem, { document, text, visit }), hintFor(problem.message))
  const duplicateKeys: DuplicateKey[] = []
  visit(document, {
    Map(_, { items }) {
      const lines = new Map<unknown, number>()
      for (const { key } of items) {
        if (!isScalar(key) || key.source === mergeKey) continue
        const { line, col } = lineCounter.linePos(key.range?.[0] ?? 0)
        const firstLine = lines.get(key.value)
        lines.set(key.value, line)
        if (firstLine !== undefined)
          duplicateKeys.push({ key: String(key.value), at: { file, line, column: col }, firstLine })
      }
    },
    Alias(_, alias, path) {
      const target = alias.resolve(document)
      if (target && !path.includes(target)) return
      const offset = alias.range?.[0] ?? 0
      if (target) throw invalid(`What *${alias.source} stands for holds itself.`, offset, 'Write it out here.')
      throw invalid(
        `No anchor is called ${alias.source}.`,
        offset,
        `Write &${alias.source} before what it stands for, above this line; put quotes around a text that begins with *.`,
      )
    },
    // What a template without quotes is to YAML.
    Pair(_, { key, value }) {
      if (isScalar(key) && key.type === 'PLAIN' && key.source === mergeKey && !isMerge(value))
        throw invalid(
          'Only mappings can be merged.',
          key.range?.[0] ?? 0,
          'Name the anchor of a mapping: `<<: *anchor`.',
        )
      if (!isCollection(key)) return
      throw invalid(
        'A key is a mapping or a list here.',
        key.range?.[0] ?? 0,
        'Put quotes around a template: "{{ … }}".',
      )
    },
  })
  function isMerge(value: unknown): boolean {
    const source = isAlias(value) ? value.resolve(document) : value
    if (isMap(source)) return true
    return isSeq(source) && source.items.every((item) => isMap(isAlias(item) ? item.resolve(document) : item))
  }
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
    duplicateKeys,
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
  const { isCollection, isPair, isScalar } = yamlLibrary()
  let last = contents
  while (isCollection(last) || isPair(last)) last = isPair(last) ? last.value : last.items.at(-1)
  if (!isScalar(last) || !last.type?.startsWith('BLOCK') || typeof last.value !== 'string') return
  last.value = last.value.replace(/\n$/, '')
}
