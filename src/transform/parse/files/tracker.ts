import { hash } from 'node:crypto'
import { statSync } from 'node:fs'
import { readText } from '../../../base/index.js'
import type { Diagnostic, ManifestNode, ManifestResource, ManifestSource } from '../../contract.js'
import type { DbtPackage } from '../../project/dbt-project.js'

/** The parts of the manifest that files make; macros and docs are read anew every time. */
export const kinds = [
  'nodes',
  'sources',
  'exposures',
  'groups',
  'metrics',
  'semantic_models',
  'saved_queries',
  'unit_tests',
  'functions',
  'disabled',
] as const
export type Kind = (typeof kinds)[number]
export type Resource = ManifestNode | ManifestSource | ManifestResource

/**
 * In which order a full reading makes things: what one package makes of its SQL files comes before the next package's,
 * then what all properties files make, kind by kind.
 */
const phases = [
  'models',
  'analyses',
  'singular_tests',
  'seeds',
  'snapshots',
  'yaml_snapshots',
  'hooks',
  'functions',
  'sources',
  'groups',
  'test_models',
  'test_seeds',
  'test_snapshots',
  'test_sources',
  'exposures',
  'unit_tests',
  'semantic_models',
  'metrics',
  'saved_queries',
] as const
export type Phase = (typeof phases)[number]
/** Up to here a phase belongs to one package. */
export const packagePhases = phases.indexOf('functions') + 1

export interface Made {
  readonly kind: Kind
  readonly phase: number
  readonly resource: Resource
}

/** The state of a file when it was read. */
export interface FileState {
  readonly mtimeMs: number
  readonly size: number
  readonly inode: number
  readonly hash: string
}

/** What tells, without reading it, that a file is as it was; when it differs the text decides. */
export function timesOf(path: string): Omit<FileState, 'hash'> {
  const { mtimeMs, size, ino } = statSync(path)
  return { mtimeMs, size, inode: ino }
}

/** What reading one file made, and all that it looked at besides the file itself. */
export interface UnitRecord {
  readonly key: string
  readonly reads: Set<string>
  readonly made: Made[]
  readonly warnings: Diagnostic[]
}

export const unitKey = (own: Pick<DbtPackage, 'name'>, file: string) => `${own.name}:${file}`
export const hashText = (text: string) => hash('sha1', text, 'base64url')

/** What dbt_project.yml and the like read: it concerns everything. */
export const projectUnit = 'project:'

/**
 * Notes per file what its reading made and looked at, so that the next parsing knows what it may keep. Files that are
 * clean (their results are there from before) are passed over by the parser.
 */
export class Tracker {
  readonly units = new Map<string, UnitRecord>()
  readonly files = new Map<string, FileState>()
  readonly #clean: ReadonlySet<string>
  #current: UnitRecord | undefined
  #phase = 0

  constructor(clean: ReadonlySet<string> = new Set()) {
    this.#clean = clean
  }

  isClean(own: DbtPackage, file: string): boolean {
    return this.#clean.has(unitKey(own, file))
  }

  /** Runs the reading of one file, or of one part of it. */
  within<T>(own: Pick<DbtPackage, 'name'>, file: string, phase: Phase, work: () => T): T {
    return this.#in(unitKey(own, file), phases.indexOf(phase), work)
  }

  /** Goes on with a file that was read before. */
  again<T>(own: Pick<DbtPackage, 'name'>, file: string, work: () => T): T {
    return this.#in(unitKey(own, file.replace(/^\.\//, '')), this.#phase, work)
  }

  /** What is read here is everybody's. */
  withinProject<T>(work: () => T): T {
    return this.#in(projectUnit, 0, work)
  }

  #in<T>(key: string, phase: number, work: () => T): T {
    const outer = { unit: this.#current, phase: this.#phase }
    this.#current = this.#unit(key)
    this.#phase = phase
    try {
      return work()
    } finally {
      this.#current = outer.unit
      this.#phase = outer.phase
    }
  }

  #unit(key: string): UnitRecord {
    let unit = this.units.get(key)
    if (!unit) {
      unit = { key, reads: new Set(), made: [], warnings: [] }
      this.units.set(key, unit)
    }
    return unit
  }

  /** `var:shop:start`, `env:HOME`, `macro:macro.shop.cents`, `node:orders` … */
  read(key: string): void {
    this.#current?.reads.add(key)
  }

  made(kind: Kind, resource: Resource): void {
    this.#current?.made.push({ kind, phase: this.#phase, resource })
  }

  warned(warning: Diagnostic): void {
    this.#current?.warnings.push(warning)
  }

  /** A file that is too large to be read: its size and time must do. */
  noteLarge(own: DbtPackage, file: string, path: string): void {
    this.files.set(unitKey(own, file), { ...timesOf(path), hash: '' })
  }

  /** Reads a file and notes the state that it was read in. */
  text(own: DbtPackage, file: string, path: string): string {
    const { mtimeMs, size, inode } = timesOf(path)
    const text = readText(path, file)
    this.files.set(unitKey(own, file), { mtimeMs, size, inode, hash: hashText(text) })
    return text
  }
}
