import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest, ManifestNode } from '../contract.js'
import { transformErrors } from '../errors.js'
import type { BatchResults } from '../event-time/batch-results.js'
import { kinds } from '../parse/files/tracker.js'
import { isMapping } from '../project/yaml-file.js'
import { readExactJson } from '../python/exact-json.js'
import type { PreviousState } from '../state/previous-state.js'

/** What a former run wrote about itself, as far as a retry needs it. */
export interface RunResults {
  readonly metadata?: { readonly invocation_started_at?: string | null; readonly generated_at?: string } | undefined
  readonly results: readonly {
    readonly unique_id: string
    readonly status: string
    readonly batch_results?: BatchResults | null
    readonly overload_results?: { readonly successful: readonly string[]; readonly failed: readonly string[] } | null
  }[]
  readonly args: Readonly<Record<string, unknown>>
}

interface SourceRow {
  readonly unique_id: string
  readonly max_loaded_at?: string | null
}

/** An artifact of a folder; undefined when it is not there. @throws TRANSFORM_COMMAND when it is not JSON */
function read<T>(folder: string, name: string): T | undefined {
  const file = join(folder, name)
  if (!existsSync(file)) return undefined
  try {
    return readExactJson(readFileSync(file, 'utf8')) as T
  } catch (cause) {
    throw transformErrors.create('TRANSFORM_COMMAND', {
      message: `${file} is not JSON.`,
      hint: 'It was cut off or edited; run the command that writes it again.',
      cause,
    })
  }
}

/** An artifact that lists results. @throws TRANSFORM_COMMAND when it lists none */
function readResults<T extends { readonly results: readonly object[] }>(folder: string, name: string): T | undefined {
  const found = read<T>(folder, name)
  if (found === undefined || (isMapping(found) && isResultList(found.results))) return found
  throw transformErrors.create('TRANSFORM_COMMAND', {
    message: `${join(folder, name)} lists no results.`,
    hint: 'It was cut off or edited; run the command that writes it again.',
  })
}

const isResultList = (value: unknown) =>
  Array.isArray(value) && value.every((row) => isMapping(row) && typeof row.unique_id === 'string')

export function readRunResults(folder: string): RunResults | undefined {
  const found = readResults<RunResults>(folder, 'run_results.json')
  return found && { ...found, args: isMapping(found.args) ? found.args : {} }
}

/** Version 4 is that of dbt 1.0; 12 that of dbt 1.8 and later. Before it, some sections were not there. */
const manifestVersions = { oldest: 4, newest: 12 }
const sections = [
  ...kinds,
  ...(['macros', 'docs', 'selectors', 'parent_map', 'child_map', 'group_map'] as const),
] as const satisfies readonly (keyof Manifest)[]

/** @throws TRANSFORM_COMMAND for a manifest of another program, or of a version that means something else */
export function readManifest(folder: string): Manifest | undefined {
  const found = read<Partial<Manifest>>(folder, 'manifest.json')
  if (!found) return undefined
  const schema = String(found.metadata?.dbt_schema_version ?? 'no version')
  const version = Number(/manifest\/v(\d+)\.json$/.exec(schema)?.[1])
  if (!(version >= manifestVersions.oldest && version <= manifestVersions.newest))
    throw transformErrors.create('TRANSFORM_COMMAND', {
      message: `Expected a schema version of "https://schemas.getdbt.com/dbt/manifest/v12.json" in ${join(folder, 'manifest.json')}, but found "${schema}".`,
      hint: `Versions ${manifestVersions.oldest} to ${manifestVersions.newest} can be read: write it anew with dbt 1.0 or later, or with Millrace.`,
    })
  const manifest = {
    ...Object.fromEntries(sections.map((section) => [section, found[section] ?? {}])),
    metadata: found.metadata,
  } as Manifest
  for (const node of Object.values(manifest.nodes)) completed(node)
  if (version < manifestVersions.newest)
    for (const [id, node] of Object.entries(manifest.nodes)) manifest.nodes[id] = upgraded(node)
  return manifest
}

/** dbt leaves out of seeds and operations what they cannot have. */
function completed(node: ManifestNode): void {
  node.depends_on = { ...node.depends_on, nodes: node.depends_on?.nodes ?? [], macros: node.depends_on?.macros ?? [] }
  node.refs ??= []
  node.sources ??= []
}

/** A node of an older version as it would be written now: keys that had another name, or were not there. */
function upgraded({ raw_sql, compiled_sql, ...node }: ManifestNode): ManifestNode {
  const isModel = node.resource_type === 'model'
  return {
    compiled_code: compiled_sql,
    ...(isModel && { access: 'protected' }),
    ...node,
    language: node.language ?? 'sql',
    raw_code: node.raw_code ?? raw_sql,
    // Before 1.5: `['orders']`, `['shop', 'orders']`.
    refs: (node.refs ?? []).map((ref) =>
      Array.isArray(ref) ? { name: ref.at(-1), package: ref.length > 1 ? ref[0] : null, version: null } : ref,
    ),
  } as ManifestNode
}

/**
 * The artifacts that an environment or a former run left in a folder (`--state`), and the latest freshness check.
 * Where there are none, whatever needs one says so.
 */
export function readPreviousState(folder: string, targetDir: string): PreviousState {
  // A broken artifact is no matter to who does not ask for it.
  const manifest = once(() => readManifest(folder))
  const results = once(() => readRunResults(folder)?.results)
  const sources = once(() => loadedAt(folder))
  const currentSources = once(() => loadedAt(targetDir))
  return {
    get manifest() {
      return manifest()
    },
    get results() {
      return results()
    },
    get sources() {
      return sources()
    },
    get currentSources() {
      return currentSources()
    },
  }
}

function once<T>(read: () => T): () => T {
  let found: { readonly value: T } | undefined
  return () => {
    found ??= { value: read() }
    return found.value
  }
}

function loadedAt(folder: string): ReadonlyMap<string, string | null> | undefined {
  const artifact = readResults<{ readonly results: readonly SourceRow[] }>(folder, 'sources.json')
  return artifact && new Map(artifact.results.map(({ unique_id, max_loaded_at }) => [unique_id, max_loaded_at ?? null]))
}
