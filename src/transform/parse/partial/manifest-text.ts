import type { Manifest, ManifestNode } from '../../contract.js'
import type { GraphMaps } from '../../graph/graph.js'
import { exactJson } from '../../python/exact-json.js'
import { type Kind, kinds, type Resource } from '../files/tracker.js'
import { readResource, resourceJson } from '../manifest/resource-json.js'
import type { CachedResource } from './cache-file.js'
import { defineLazily } from './lazy-property.js'
import { type Pieces, PiecesWriter } from './pieces.js'

/** A resource in the order of the manifest: freshly made, or still only text of the former body. */
export interface Item {
  readonly facts: CachedResource
  readonly fresh?: Resource | undefined
}

const mapNames = ['parent_map', 'child_map', 'group_map'] as const

/**
 * The JSON of all that files made: section by section as manifest.json has them, then the maps. What did
 * not change is copied as bytes, neither parsed nor printed again.
 */
export class ManifestText {
  readonly body: Pieces
  readonly #sections: ReadonlyMap<Kind, readonly CachedResource[]>
  readonly #maps: readonly [start: number, length: number]

  constructor(body: Pieces, resources: readonly CachedResource[], maps: readonly [number, number]) {
    this.body = body
    this.#maps = maps
    const sections = new Map<Kind, CachedResource[]>(kinds.map((kind) => [kind, []]))
    for (const one of resources) sections.get(kinds[one.kind] as Kind)?.push(one)
    this.#sections = sections
  }

  get maps(): readonly [start: number, length: number] {
    return this.#maps
  }

  section(kind: Kind): readonly CachedResource[] {
    return this.#sections.get(kind) ?? []
  }

  read(one: CachedResource): Resource {
    const valueAt = one.start + Buffer.byteLength(JSON.stringify(one.id)) + 1
    return readResource(this.body.text(valueAt, one.start + one.length))
  }

  readMaps(): Pick<Manifest, (typeof mapNames)[number]> {
    const [start, length] = this.#maps
    return JSON.parse(`{${this.body.text(start, start + length)}}`) as Manifest
  }

  mapsBytes(): Buffer[] {
    const [start, length] = this.#maps
    return this.body.between(start, start + length)
  }

  /** The entries of a section as they stand in manifest.json. */
  sectionBytes(kind: Kind): Buffer[] {
    const all = this.section(kind)
    const [first, last] = [all[0], all.at(-1)]
    return first && last ? this.body.between(first.start, last.start + last.length) : []
  }
}

/** Puts items, which are in order, into a new body; their places are set. */
export function assemble(
  items: readonly Item[],
  former: Pieces | undefined,
  maps: GraphMaps | readonly Buffer[],
): ManifestText {
  const writer = new PiecesWriter()
  let at = 0
  let copied: { start: number; end: number } | undefined
  let isFirst = true
  const flush = () => {
    if (copied && former) writer.bytes(former.between(copied.start, copied.end))
    copied = undefined
  }
  let section = -1
  for (const { facts, fresh } of items) {
    if (facts.kind !== section) {
      section = facts.kind
      isFirst = true
    }
    const separator = isFirst ? 0 : 1
    isFirst = false
    if (fresh) {
      flush()
      if (separator) writer.text(',')
      facts.start = at + separator
      facts.length = writer.text(`${JSON.stringify(facts.id)}:`) + writer.text(resourceJson(fresh))
    } else {
      const { start, length } = facts
      // What lies side by side, with the comma between, is copied as one.
      if (copied && separator === 1 && copied.end + 1 === start) copied.end = start + length
      else {
        flush()
        if (separator) writer.text(',')
        copied = { start, end: start + length }
      }
      facts.start = at + separator
    }
    at += separator + facts.length
  }
  flush()
  if ('parent' in maps) writer.text(mapsText(maps))
  else writer.bytes(maps)
  const body = writer.pieces()
  return new ManifestText(
    body,
    items.map(({ facts }) => facts),
    [at, body.length - at],
  )
}

const comma = Buffer.from(',')

const mapsText = ({ parent, child, group }: GraphMaps) =>
  JSON.stringify({ parent_map: parent, child_map: child, group_map: group }).slice(1, -1)

const knownTexts = new WeakMap<
  Manifest,
  { readonly text: ManifestText; readonly read: ReadonlyMap<string, Resource> | null }
>()

/** A manifest that was made in this process, and whose text is known. It is written as text when it is `untouched`. */
export function rememberText(manifest: Manifest, text: ManifestText): void {
  knownTexts.set(manifest, { text, read: null })
}

/** The nodes whose JSON may hold a text. Of a manifest over its text no others are parsed. */
export function nodesHolding(manifest: Manifest, needle: string): ManifestNode[] {
  const known = knownTexts.get(manifest)
  if (!known) return Object.values(manifest.nodes)
  const { text } = known
  if (!text.sectionBytes('nodes').some((bytes) => bytes.includes(needle))) return []
  return text
    .section('nodes')
    .filter(({ start, length }) => text.body.between(start, start + length).some((bytes) => bytes.includes(needle)))
    .map(({ id }) => manifest.nodes[id] as ManifestNode)
}

/** A manifest over the text: what nobody asks for is never parsed. */
export function lazyManifest(rest: Manifest, text: ManifestText): Manifest {
  const manifest = { ...rest }
  const read = new Map<string, Resource>()
  for (const kind of kinds) {
    defineLazily(manifest, kind, () => (kind === 'disabled' ? disabledOf(text) : sectionOf(text, kind, read)))
  }
  let maps: ReturnType<ManifestText['readMaps']> | undefined
  for (const name of mapNames)
    defineLazily(manifest, name, () => {
      maps ??= text.readMaps()
      return maps[name]
    })
  knownTexts.set(manifest, { text, read })
  return manifest
}

function sectionOf(text: ManifestText, kind: Kind, read: Map<string, Resource>): Record<string, unknown> {
  const section: Record<string, unknown> = {}
  for (const one of text.section(kind))
    defineLazily(section, one.id, () => {
      const value = text.read(one)
      read.set(one.id, value)
      return value
    })
  return section
}

function disabledOf(text: ManifestText): Manifest['disabled'] {
  const disabled: Manifest['disabled'] = {}
  for (const one of text.section('disabled')) {
    const all = disabled[one.id] ?? []
    disabled[one.id] = all
    all.push(text.read(one))
  }
  return disabled
}

/**
 * manifest.json in parts: what was never read is written as it stood. Undefined when nothing is known of the manifest's
 * text, or when it was made here and somebody may have changed it since.
 */
export function manifestParts(manifest: Manifest, isUntouched: boolean): Buffer[] | undefined {
  const known = knownTexts.get(manifest)
  if (!known || (known.read === null && !isUntouched)) return undefined
  const { text, read } = known
  const parts: Buffer[] = []
  let isFirst = true
  const sections = new Set<string>(kinds)
  for (const name of Object.keys(manifest)) {
    if ((mapNames as readonly string[]).includes(name)) continue
    parts.push(Buffer.from(`${isFirst ? '{' : ','}${JSON.stringify(name)}:`))
    isFirst = false
    const isText = sections.has(name) && name !== 'disabled'
    if (!isText) parts.push(Buffer.from(exactJson(manifest[name as keyof Manifest])))
    else parts.push(open, ...sectionParts(text, name as Kind, read), close)
  }
  parts.push(comma, ...text.mapsBytes(), close)
  return parts
}

const open = Buffer.from('{')
const close = Buffer.from('}')

function sectionParts(text: ManifestText, kind: Kind, read: ReadonlyMap<string, Resource> | null): Buffer[] {
  const all = text.section(kind)
  if (!read || !all.some(({ id }) => read.has(id))) return text.sectionBytes(kind)
  const parts: Buffer[] = []
  let copiedFrom: number | undefined
  let end = 0
  const flush = () => {
    if (copiedFrom !== undefined) parts.push(...text.body.between(copiedFrom, end))
    copiedFrom = undefined
  }
  for (const [i, one] of all.entries()) {
    const value = read.get(one.id)
    if (value) {
      flush()
      parts.push(Buffer.from(`${i > 0 ? ',' : ''}${JSON.stringify(one.id)}:${resourceJson(value)}`))
    } else {
      if (copiedFrom === undefined) {
        if (i > 0) parts.push(comma)
        copiedFrom = one.start
      }
      end = one.start + one.length
    }
  }
  flush()
  return parts
}
