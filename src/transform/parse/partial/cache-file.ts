import { readFileSync } from 'node:fs'
import { writePartsBeside } from '../../../base/index.js'
import type { Diagnostic } from '../../contract.js'
import type { FileState } from '../files/tracker.js'
import type { KeyTest } from '../resources/primary-keys.js'
import type { PropertyKind } from '../yaml/properties.js'
import { Pieces } from './pieces.js'

/** Changes when the form of the file does. */
const format = 'millrace parse 3'

/** One thing that a file made: where its JSON stands, and what linking must know of it. */
export interface CachedResource {
  /** Index in `kinds`. */
  readonly kind: number
  readonly phase: number
  readonly id: string
  /** `"id":{…}` in the body, in bytes. */
  start: number
  length: number
  /** The line of its file on which a node's code begins; 0 for others. */
  readonly line: number
  /** What it depends on; null for what stands outside of the graph. */
  readonly parents: readonly string[] | null
  readonly group: string | null
  /** Of a test that may tell a key: what it tests, `unique` or `not_null`, and the column. */
  readonly keyTest: KeyTest | null
  /** The name that others may refer to it by (`node:orders`, `source:shop.orders`); '' when nobody can. */
  readonly provides: string
  /** What those who refer to it see of it. */
  readonly face: string
  /** Where it is made in the warehouse; '' when nowhere. */
  readonly relation: string
}

export interface CachedEntry {
  readonly kind: PropertyKind
  readonly name: string
  readonly hasVersions: boolean
  readonly hash: string
}

export interface CachedUnit {
  readonly key: string
  readonly file: FileState | null
  /** Indexes in the keys of the cache. */
  readonly reads: readonly number[]
  readonly resources: CachedResource[]
  readonly entries: readonly CachedEntry[]
  readonly warnings: readonly Diagnostic[]
}

/** What everything depends on, as hashes: another one makes the cache worthless. */
export interface ProjectHash {
  readonly version: string
  readonly profile: string
  readonly project: string
  /** The names of all macros. */
  readonly macros: string
}

export interface ParseCache {
  readonly project: ProjectHash
  /** A hash of the project's macros, in which no syntax was wrong. */
  readonly macroTexts: string
  /** Makes the hashes of environment variables worthless outside of this file. */
  readonly salt: string
  /** What the units looked at, and a hash of what they saw. */
  readonly keys: readonly (readonly [key: string, value: string])[]
  readonly units: readonly CachedUnit[]
  /** Where the JSON of parent_map, child_map and group_map stands in the body. */
  readonly maps: readonly [start: number, length: number]
  readonly body: Pieces
}

type ResourceRow = [
  number,
  number,
  string,
  number,
  number,
  number,
  readonly string[] | null,
  string | null,
  CachedResource['keyTest'],
  string,
  string,
  string,
]
type UnitRow = [
  string,
  FileState | null,
  readonly number[],
  ResourceRow[],
  readonly CachedEntry[],
  readonly Diagnostic[],
]
interface Index extends Omit<ParseCache, 'units' | 'body'> {
  readonly format: string
  readonly units: readonly UnitRow[]
}

/** The cache of a former parsing; undefined when there is none that can be used, and `onNone` hears why. */
export function readCache(
  path: string,
  project: ProjectHash,
  onNone: (reason: string) => void,
): ParseCache | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    onNone('saved manifest not found. Starting full parse.')
    return undefined
  }
  try {
    const indexLength = bytes.readUInt32LE(0)
    const bodyLength = bytes.readUInt32LE(4)
    if (bytes.length !== 8 + indexLength + bodyLength) throw new Error('it was cut off')
    const index = JSON.parse(bytes.toString('utf8', 8, 8 + indexLength)) as Index
    const differs =
      index.format === format
        ? (Object.keys(reasons) as (keyof ProjectHash)[]).find((part) => index.project?.[part] !== project[part])
        : 'version'
    if (differs === undefined)
      return { ...index, units: index.units.map(unitOf), body: new Pieces([bytes.subarray(8 + indexLength)]) }
    onNone(reasons[differs])
  } catch (error) {
    onNone(`${path} cannot be read (${error instanceof Error ? error.message : String(error)}). Starting full parse.`)
  }
  return undefined
}

const reasons: Readonly<Record<keyof ProjectHash, string>> = {
  // Another database comes with other built-in macros, which are part of the version.
  profile: 'profile has changed',
  version: 'of a version mismatch. Starting full parse.',
  project: 'a project config has changed',
  macros: 'macros were added or removed, or change detected to override macro. Starting full parse.',
}

const unitOf = ([key, file, reads, resources, entries, warnings]: UnitRow): CachedUnit => ({
  key,
  file,
  reads,
  resources: resources.map(
    ([kind, phase, id, start, length, line, parents, group, keyTest, provides, face, relation]) => ({
      kind,
      phase,
      id,
      start,
      length,
      line,
      parents,
      group,
      keyTest,
      provides,
      face,
      relation,
    }),
  ),
  entries,
  warnings,
})

/** Two processes may write at once: each writes a file of its own and puts it into its place in one step. */
export function writeCache(path: string, cache: Omit<ParseCache, 'body'>, body: Pieces): Promise<void> {
  const index: Index = {
    format,
    project: cache.project,
    macroTexts: cache.macroTexts,
    salt: cache.salt,
    keys: cache.keys,
    maps: cache.maps,
    units: cache.units.map((unit) => [
      unit.key,
      unit.file,
      unit.reads,
      unit.resources.map((one) => [
        one.kind,
        one.phase,
        one.id,
        one.start,
        one.length,
        one.line,
        one.parents,
        one.group,
        one.keyTest,
        one.provides,
        one.face,
        one.relation,
      ]),
      unit.entries,
      unit.warnings,
    ]),
  }
  const indexBytes = Buffer.from(JSON.stringify(index))
  const lengths = Buffer.alloc(8)
  lengths.writeUInt32LE(indexBytes.length, 0)
  lengths.writeUInt32LE(body.length, 4)
  return writePartsBeside(path, [lengths, indexBytes, ...body.all])
}
