import { createRequire } from 'node:module'
import type { Tags } from 'yaml'
import { codeFrame } from './code-frame.js'
import { baseErrors, type SourceLocation } from './errors.js'

/** Loaded when something is read with it: its seventy files are a fifth of what starting costs. */
let loaded: typeof import('yaml') | undefined
const library = () => {
  loaded ??= createRequire(import.meta.url)('yaml') as typeof import('yaml')
  return loaded
}

export interface YamlDocument {
  readonly value: unknown
  /** Where the value under this path stands; the nearest parent when the path does not exist. */
  locate(path: readonly (string | number)[]): SourceLocation
  /** Where the name of a setting stands, with the lines around it: what an error about it shows. */
  show(path: readonly (string | number)[]): { readonly at: SourceLocation; readonly frame: string }
}

/** `y` and `n` are text for Python's YAML, whatever YAML 1.1 says: columns and variables are called so. */
const pythonTags = (tags: Tags): Tags =>
  tags.map((tag) =>
    typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:bool' && tag.test
      ? { ...tag, test: new RegExp(`^(?![yYnN]$)(?:${tag.test.source})`) }
      : tag,
  )

const dialects = { '1.1': { version: '1.1', customTags: pythonTags }, '1.2': { version: '1.2' } } as const

/** The value of YAML text, read as Python reads it. @throws any error that `yaml` throws */
export const parsePythonYaml = (text: string): unknown => library().parse(text, dialects['1.1'])

export const printYaml = (value: unknown): string => library().stringify(value)

/**
 * Reads one YAML document. `version: '1.1'` reads as Python's YAML does (`yes`, `no`, `on`, `off` are booleans,
 * merge keys work): dbt's files need that.
 * @throws YAML_SYNTAX with line, column and a code frame.
 */
export function readYaml(text: string, file: string, options: { version?: '1.1' | '1.2' } = {}): YamlDocument {
  const { isMap, isNode, isScalar, LineCounter, parseDocument } = library()
  const lineCounter = new LineCounter()
  const document = parseDocument(text, {
    ...dialects[options.version ?? '1.2'],
    merge: true,
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
  })
  const [problem] = document.errors
  if (problem) {
    const { line, col } = lineCounter.linePos(problem.pos[0])
    throw baseErrors.create('YAML_SYNTAX', {
      message: `${file} is not valid YAML: ${problem.message}`,
      at: { file, line, column: col },
      frame: codeFrame(text, line, col),
      hint: 'Check the indentation and the quotes on this line and on the one above it.',
    })
  }
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
