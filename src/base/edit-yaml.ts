import { isDeepStrictEqual } from 'node:util'
import { valueAt } from './invalid-setting.js'
import { isMapping } from './is-mapping.js'
import { lineDiff } from './line-diff.js'
import { yamlLibrary } from './yaml.js'

export interface YamlEdit {
  readonly path: readonly (string | number)[]
  /** Undefined takes the entry out. */
  readonly value: unknown
}

const lineWidth = 120

/**
 * What is to be changed below a path, so that it holds another value: only where the two differ, since what is around it may have comments.
 * @param before what it holds now
 */
export function editsBetween(before: unknown, after: unknown, path: YamlEdit['path'] = []): YamlEdit[] {
  if (isDeepStrictEqual(before, after)) return []
  if (isMapping(before) && isMapping(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      editsBetween(before[key], after[key], [...path, key]),
    )
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return after.flatMap((value, i) => editsBetween(before[i], value, [...path, i]))
  return [{ path, value: after }]
}

/**
 * The text of a YAML mapping with other values in some places. What stands elsewhere stays, with its comments; where every value is the same
 * already, so does every letter.
 * @param text valid YAML whose whole is a mapping
 */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  const { parseDocument } = yamlLibrary()
  const document = parseDocument(text, { version: '1.2' })
  const isSame = ({ path, value }: YamlEdit) => JSON.stringify(valueAt(document.toJS(), path)) === JSON.stringify(value)
  const wanted = edits.filter((edit) => !isSame(edit))
  if (wanted.length === 0) return text
  for (const { path, value } of wanted) {
    if (value === undefined) document.deleteIn(path)
    // What is small stands on one line, as people write it.
    else document.setIn(path, document.createNode(value, { flow: JSON.stringify(value).length < lineWidth }))
  }
  const edited = document.toString(style)
  const merged = withOwnLines(text, parseDocument(text, { version: '1.2' }).toString(style), edited)
  return isDeepStrictEqual(parseDocument(merged, { version: '1.2' }).toJS(), document.toJS()) ? merged : edited
}

const style = { lineWidth: 0, singleQuote: true } as const

/**
 * What the library writes has its own spaces and quotes everywhere: what nobody changed stays as somebody wrote it.
 * @param before the text as the library writes it, without a change
 */
function withOwnLines(text: string, before: string, edited: string): string {
  const [own, known, changed] = [text, before, edited].map((one) => one.split('\n')) as [string[], string[], string[]]
  const ofOwn = partners(known.map(letters), own.map(letters))
  const ofChanged = partners(known, changed)
  const lines: string[] = []
  let [i, j, k] = [0, 0, 0]
  // Where all three agree a piece ends. What lies between is as it was written, or as it was changed.
  for (const at of [...known.keys(), known.length]) {
    const isEnd = at === known.length
    const [inOwn, inChanged] = isEnd ? [own.length, changed.length] : [ofOwn.get(at), ofChanged.get(at)]
    if (inOwn === undefined || inChanged === undefined) continue
    const piece = changed.slice(k, inChanged)
    lines.push(...(isDeepStrictEqual(piece, known.slice(i, at)) ? own.slice(j, inOwn) : piece))
    if (!isEnd) lines.push(own[inOwn] as string)
    ;[i, j, k] = [at + 1, inOwn + 1, inChanged + 1]
  }
  return lines.join('\n')
}

const letters = (line: string) => line.replace(/[\s'"]/g, '')

/** Which line of the second text stands for which of the first. */
function partners(a: readonly string[], b: readonly string[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  let [i, j] = [0, 0]
  for (const { sign } of lineDiff(a.join('\n'), b.join('\n'))) {
    if (sign === ' ') found.set(i, j)
    if (sign !== '+') i++
    if (sign !== '-') j++
  }
  return found
}
