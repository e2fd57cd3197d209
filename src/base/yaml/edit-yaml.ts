import { isDeepStrictEqual } from 'node:util'
import type { Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { ErrorDetails, MillraceError } from '../errors.js'
import { isMapping } from '../is-mapping.js'
import { valueAt } from '../settings/invalid-setting.js'
import { lineDiff } from '../text/line-diff.js'
import { readYaml, yamlLibrary } from './yaml.js'

export interface YamlEdit {
  readonly path: readonly (string | number)[]
  /** Undefined takes the entry out. */
  readonly value: unknown
}

/** How a change is refused that cannot be made alone. */
export interface YamlPlace {
  /** How the file is called in errors. */
  readonly file: string
  readonly refusal: (details: ErrorDetails) => MillraceError
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
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && !isMoved(before, after))
    return after.flatMap((value, i) => editsBetween(before[i], value, [...path, i]))
  return [{ path, value: after }]
}

const itemPartners = (before: readonly unknown[], after: readonly unknown[]) =>
  partners(
    before.map((item) => JSON.stringify(item)),
    after.map((item) => JSON.stringify(item)),
  )

/** Whether an entry of a list stands at another place now, with its comments. */
const isMoved = (before: readonly unknown[], after: readonly unknown[]): boolean =>
  [...itemPartners(before, after)].some(([from, to]) => from !== to)

/**
 * The text of a YAML mapping with other values in some places. What stands elsewhere stays, with its comments; where every value is the same
 * already, so does every letter. Read again it holds what it held, and the edits, and nothing else.
 * @param text valid YAML whose whole is a mapping
 * @throws what `refusal` makes, where anchors, aliases or merges keep one value from being changed without another
 */
export function editYaml(text: string, edits: readonly YamlEdit[], { file, refusal }: YamlPlace): string {
  const read = readYaml(text, file)
  const before = plain(read.value)
  const after = edits.reduce(withEdit, before)
  if (isDeepStrictEqual(before, after)) return text
  const refused = (path: YamlEdit['path'], cause?: unknown) => {
    const { at, frame } = read.show(path)
    return refusal({
      message: `${file} cannot be changed so that it says this and nothing else: \`${path.join('.')}\` hangs together with other settings, as by an anchor (&), an alias (*) or a merge (<<).`,
      hint: `Nothing was written. Change \`${path.join('.')}\` by hand.`,
      ...{ at, frame, cause },
    })
  }
  const { parseDocument } = yamlLibrary()
  const document = parseDocument(text, options)
  const opened = new Set(edits.flatMap(({ path }) => path.map((_, i) => JSON.stringify(path.slice(0, i)))))
  let written: string[]
  try {
    document.contents = nodeOf({ document, opened }, document.contents, before, after, []) as typeof document.contents
    const edited = document.toString(style)
    written = [withOwnLines(text, parseDocument(text, options).toString(style), edited), edited]
  } catch (cause) {
    throw refused((edits.find(({ value }) => value === undefined) ?? edits[0])?.path ?? [], cause)
  }
  const held = written.map((one) => readAgain(one, file))
  const right = held.findIndex((value) => isDeepStrictEqual(value, after))
  if (right < 0) throw refused(editsBetween(after, held[1])[0]?.path ?? [])
  return written[right] as string
}

// As `readYaml` takes them: of two entries with one name the last one counts.
const options = { version: '1.2', uniqueKeys: false } as const

function readAgain(text: string, file: string): unknown {
  try {
    return plain(readYaml(text, file).value)
  } catch {
    return undefined
  }
}

/** A copy without what is undefined, in which no two places are one object: those of an anchor and its aliases are. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!isMapping(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, plain(inner)]])),
  )
}

/** Changed at one place; mappings that are not there yet are made. */
function withEdit(whole: unknown, { path: [part, ...rest], value }: YamlEdit): unknown {
  if (part === undefined) return plain(value)
  const inner = valueAt(whole, [part])
  if (inner === undefined && value === undefined) return whole
  const changed = withEdit(inner, { path: rest, value })
  if (Array.isArray(whole))
    return changed === undefined ? whole.toSpliced(Number(part), 1) : whole.with(Number(part), changed)
  return plain({ ...(isMapping(whole) ? whole : {}), [part]: changed })
}

interface Place {
  readonly document: Document
  /** Mappings in which something is changed, as JSON of their paths: those that are made for it have lines of their own. */
  readonly opened: ReadonlySet<string>
}

/** The node for another value: what of it is the same stays, with its comments. */
function nodeOf(place: Place, node: unknown, before: unknown, after: unknown, path: YamlEdit['path']): unknown {
  const { isMap, isNode, isScalar, isSeq } = yamlLibrary()
  const isCollection = after !== null && typeof after === 'object'
  if (node && isDeepStrictEqual(before, after)) return node
  if (isScalar(node) && !isCollection) return withScalar(node, after)
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after) && node.items.length === before.length)
    return withItems(place, node, before, after, path)
  if (isMap(node) && isMapping(before) && isMapping(after)) return withEntries(place, node, before, after, path)
  const made = place.opened.has(JSON.stringify(path))
    ? nodeOf(place, place.document.createNode({}), {}, after, path)
    : // What is small stands on one line, as people write it.
      place.document.createNode(after, { flow: JSON.stringify(after).length < lineWidth, aliasDuplicateObjects: false })
  if (isNode(node) && isNode(made)) {
    const comments = [node.commentBefore, node.comment].filter((one) => typeof one === 'string')
    if (comments.length > 0) made.commentBefore = comments.join('\n')
  }
  return made
}

function withScalar(node: Scalar, value: unknown): Scalar {
  node.value = value
  for (const told of ['source', 'format', 'minFractionDigits', 'tag'] as const) delete node[told]
  // A text of one line needs no block.
  if (node.type?.startsWith('BLOCK_') && !String(value).includes('\n')) delete node.type
  return node
}

/** Entries come and go, and have comments of their own; those between two that stayed are taken for the same ones where they are as many. */
function withItems(place: Place, list: YAMLSeq, before: unknown[], after: unknown[], path: YamlEdit['path']): YAMLSeq {
  const stayed = itemPartners(before, after)
  const items: unknown[] = []
  let i = 0
  for (const at of [...before.keys(), before.length]) {
    const j = at === before.length ? after.length : stayed.get(at)
    if (j === undefined) continue
    const first = items.length
    const isChanged = j - first === at - i
    for (let index = first; index < j; index++) {
      const old = isChanged ? i + index - first : -1
      items.push(nodeOf(place, list.items[old], before[old], after[index], [...path, index]))
    }
    if (at < before.length) items.push(list.items[at])
    i = at + 1
  }
  list.items = items
  return list
}

type Mapping = Readonly<Record<string, unknown>>

function withEntries(place: Place, map: YAMLMap, before: Mapping, after: Mapping, path: YamlEdit['path']): YAMLMap {
  const { isScalar } = yamlLibrary()
  // A key may be written as a number: `2024:`.
  const nameOf = ({ key }: Pair) => String(isScalar(key) ? key.value : key)
  const pairs = new Map(map.items.map((pair) => [nameOf(pair), pair]))
  map.items = map.items.filter((pair) => !(nameOf(pair) in before) || nameOf(pair) in after)
  for (const [key, value] of Object.entries(after)) {
    const pair = pairs.get(key)
    if (pair && isDeepStrictEqual(before[key], value)) continue
    const node = nodeOf(place, pair?.value, before[key], value, [...path, key])
    if (pair) pair.value = node
    // What is the same and stands nowhere here was merged.
    else if (!isDeepStrictEqual(before[key], value)) map.items.push(place.document.createPair(key, node))
  }
  return map
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
