import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../base/index.js'
import type { Manifest, ManifestMacro, ManifestNode, ManifestResource, NodeResult } from '../contract.js'
import { exactJson, readExactJson } from '../python/exact-json.js'

type Remembered = ManifestNode | ManifestResource

/** A node as it was when it last ran well in a target. */
export interface RememberedNode {
  readonly node: ManifestNode
  /** Hashes of the macros that it used then, those of packages included, the built-in ones not. */
  readonly macros: Readonly<Record<string, string>>
  /** Ephemeral models that were part of its SQL. */
  readonly ephemerals: readonly ManifestNode[]
  readonly at: string
  readonly seconds: number
  readonly rows: number | null
}

/** What the comparison with a later version of the project reads. */
const keptFields = [
  ...['unique_id', 'resource_type', 'name', 'alias', 'package_name', 'path', 'original_file_path', 'fqn', 'database'],
  ...['schema', 'relation_name', 'language', 'raw_code', 'compiled_code', 'config', 'unrendered_config', 'tags'],
  ...['description', 'columns', 'refs', 'sources', 'depends_on', 'checksum', 'group', 'access', 'version'],
  ...['latest_version', 'deprecation_date', 'contract', 'test_metadata', 'column_name', 'attached_node', 'quoting'],
]
const goodStatuses = new Set(['success', 'pass', 'warn', 'fail'])
/** A file is written anew when it holds this many times what counts of it, looked at whenever so much was added. */
const mostOverhead = 4
const rewriteBytes = 1024 * 1024
/** A draft that is older is that of a process which was killed. */
const draftedWithinMs = 60_000

/**
 * What is known of the last good run of every node in one target of one profile: a file of lines, each a node, of which the last
 * one counts. So a run adds to it what it did, and nothing is carried by hand.
 */
export class TargetMemory {
  readonly file: string

  constructor(folder: string, profile: string, target: string) {
    this.file = join(folder, `${safe(profile)}.${safe(target)}.jsonl`)
  }

  get exists(): boolean {
    return existsSync(this.file)
  }

  read(): ReadonlyMap<string, RememberedNode> {
    const found = new Map<string, RememberedNode>()
    for (const line of this.exists ? readFileSync(this.file, 'utf8').split('\n') : []) {
      if (line === '') continue
      try {
        const entry = readExactJson(line) as RememberedNode
        found.set(entry.node.unique_id, entry)
      } catch {
        // A process that was killed leaves half a line; what it ran is run again.
      }
    }
    return found
  }

  /** Adds the nodes that ran well. Data tests count whatever they found: they ran. */
  remember(manifest: Manifest, results: readonly NodeResult[], builtinPackages: ReadonlySet<string>): void {
    const lines = results.flatMap((result) => {
      const node = manifest.nodes[result.unique_id] ?? manifest.unit_tests[result.unique_id]
      if (!node || node.resource_type === 'operation' || !goodStatuses.has(result.status)) return []
      return [exactJson(entryOf(manifest, node, result, builtinPackages))]
    })
    if (lines.length === 0) return
    makeFolder(dirname(this.file))
    const { before, after } = append(this.file, `${lines.join('\n')}\n`)
    // Looking at all of it costs; it is worth it when much was added since.
    if (Math.floor(before / rewriteBytes) < Math.floor(after / rewriteBytes)) this.#rewrite()
  }

  /** Keeps of the file what counts. One process at a time does: its draft is the lock. */
  #rewrite(): void {
    const draft = `${this.file}.draft`
    const old = openSync(this.file, 'r')
    try {
      if (existsSync(draft) && Date.now() - statSync(draft).mtimeMs > draftedWithinMs) rmSync(draft, { force: true })
      const size = fstatSync(old).size
      const kept = [...this.read().values()].map((entry) => `${exactJson(entry)}\n`).join('')
      if (Buffer.byteLength(kept) * mostOverhead > size) return
      writeFileSync(draft, kept, { flag: 'wx' })
      renameSync(draft, this.file)
      // What others have added to the old file meanwhile.
      const missed = Buffer.alloc(Math.max(0, fstatSync(old).size - size))
      if (missed.length > 0 && readSync(old, missed, 0, missed.length, size) > 0) append(this.file, missed)
    } catch (error) {
      // Somebody else is at it.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      closeSync(old)
    }
  }
}

/** The targets of a profile of which something is remembered. */
export function rememberedTargets(folder: string, profile: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const start = `${safe(profile)}.`
  return names.flatMap((name) =>
    name.startsWith(start) && name.endsWith('.jsonl') ? [name.slice(start.length, -'.jsonl'.length)] : [],
  )
}

/** Adds whole lines, also behind half a one that a killed process left. Answers how large the file was and is. */
function append(path: string, lines: string | Buffer): { before: number; after: number } {
  const file = openSync(path, 'a+')
  try {
    const before = fstatSync(file).size
    const last = Buffer.alloc(1)
    const isWhole = before === 0 || (readSync(file, last, 0, 1, before - 1) === 1 && last[0] === 10)
    const bytes = Buffer.concat([Buffer.from(isWhole ? '' : '\n'), Buffer.from(lines as string)])
    writeSync(file, bytes)
    return { before, after: before + bytes.length }
  } finally {
    closeSync(file)
  }
}

const safe = (name: string) => name.replace(/[^\w-]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)

function entryOf(
  manifest: Manifest,
  node: Remembered,
  result: NodeResult,
  builtinPackages: ReadonlySet<string>,
): RememberedNode {
  const rows = result.adapter_response.rows_affected
  const ephemerals = ephemeralsOf(manifest, node)
  return {
    node: kept(node),
    macros: macroHashes(manifest, [node, ...ephemerals], builtinPackages),
    ephemerals: ephemerals.map(kept),
    at: result.timing.at(-1)?.completed_at ?? new Date().toISOString(),
    seconds: result.execution_time,
    rows: typeof rows === 'number' && rows >= 0 ? rows : null,
  }
}

const kept = (node: Remembered) =>
  Object.fromEntries(
    keptFields.flatMap((key) => (node[key] === undefined ? [] : [[key, node[key]]])),
  ) as unknown as ManifestNode

/** The ephemeral models that become part of a node's SQL. */
export function ephemeralsOf({ nodes }: Manifest, { depends_on }: Pick<Remembered, 'depends_on'>): ManifestNode[] {
  const found = new Map<string, ManifestNode>()
  const visit = (ids: readonly string[]) => {
    for (const id of ids) {
      const node = nodes[id]
      if (node?.config.materialized !== 'ephemeral' || node.resource_type !== 'model' || found.has(id)) continue
      found.set(id, node)
      visit(node.depends_on.nodes)
    }
  }
  visit(depends_on?.nodes ?? [])
  return [...found.values()]
}

/** Every macro that nodes use, directly or through others, without the built-in ones. */
export function macrosUsedBy(
  { macros }: Manifest,
  nodes: readonly Pick<Remembered, 'depends_on'>[],
  builtinPackages: ReadonlySet<string>,
): ManifestMacro[] {
  const found = new Map<string, ManifestMacro>()
  const visit = (ids: readonly string[]) => {
    for (const id of ids) {
      const macro = macros[id]
      if (!macro || found.has(id) || builtinPackages.has(macro.package_name)) continue
      found.set(id, macro)
      visit(macro.depends_on.macros)
    }
  }
  for (const { depends_on } of nodes) visit(depends_on?.macros ?? [])
  return [...found.values()]
}

/** The same macros by the hash of their text. */
export const macroHashes = (...asked: Parameters<typeof macrosUsedBy>): Record<string, string> =>
  Object.fromEntries(
    macrosUsedBy(...asked).map(({ unique_id, macro_sql }) => [
      unique_id,
      createHash('sha256').update(macro_sql).digest('base64').slice(0, 16),
    ]),
  )
