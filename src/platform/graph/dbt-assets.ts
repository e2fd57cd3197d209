import { join, relative } from 'node:path'
import { type MillraceError, toMillraceError } from '../../base/index.js'
import type { AssetSpec, CheckSpec, StepSpec } from '../../orchestrate/index.js'
import type { Manifest, ManifestNode, ManifestResource, ManifestSource } from '../../transform/index.js'
import { dbtStepKey, exposureKey, isAssetNode, nodeKey, sourceKey } from './asset-keys.js'
import { type DefinitionParts, noParts } from './definition-parts.js'
import { metaInvalid, type NodeMeta, nodeMeta } from './node-meta.js'
import { batchPartitions } from './partitions/batch-partitions.js'
import { type ModelPartitions, modelPartitions } from './partitions/model-partitions.js'

/** How an asset is cut into partitions. */
type Cut = Pick<AssetSpec, 'partitions' | 'makesPartitions' | 'choosesPartitions'>

/**
 * dbt nodes as assets (ephemeral models are none: their dependencies pass through), tests as checks on the asset they
 * are attached to. A source becomes the stream or the node that makes the same relation; without one it is an external asset.
 */
export function dbtAssets(
  manifest: Manifest,
  paths: { readonly dbtDir: string; readonly projectDir: string },
  streamKeys: ReadonlySet<string>,
): DefinitionParts & { readonly problems: readonly MillraceError[] } {
  const problems: MillraceError[] = []
  const metas = new Map<string, Omit<NodeMeta, 'partitions'>>()
  const cuts = new Map<string, Cut>()
  const cutOf = (node: ManifestNode, partitions: ModelPartitions, file: string): Cut => {
    try {
      return modelPartitions(node, partitions, manifest)
    } catch (thrown) {
      throw metaInvalid(node, file, thrown)
    }
  }
  const keys = new DbtKeys(manifest)
  const folder = relative(paths.projectDir, paths.dbtDir)
  const fileOf = (node: { original_file_path: string }) => join(folder, node.original_file_path)
  const nodes = Object.values(manifest.nodes).filter(isAssetNode)
  for (const node of nodes)
    try {
      const { partitions, ...meta } = nodeMeta(node, fileOf(node))
      metas.set(node.unique_id, meta)
      cuts.set(node.unique_id, partitions ? cutOf(node, partitions, fileOf(node)) : batchPartitions(node))
    } catch (thrown) {
      problems.push(toMillraceError(thrown))
    }
  const metaOf = (node: ManifestNode) => metas.get(node.unique_id) ?? {}
  const made = new Set([...streamKeys, ...nodes.map(nodeKey)])
  const external = Object.values(manifest.sources).filter((source) => {
    const key = sourceKey(source)
    const isFirst = !made.has(key)
    made.add(key)
    return isFirst
  })
  const tests = [
    // dbt leaves a test in its manifest, switched off, when what it tests against is not there.
    ...Object.values(manifest.nodes).filter((node) => node.resource_type === 'test' && node.config.enabled),
    ...Object.values(manifest.unit_tests),
  ].flatMap((test) => testCheck(test, keys, fileOf))
  const testNames = namesByColumn(tests)
  return {
    ...noParts,
    assets: [
      ...nodes.map((node) =>
        nodeAsset(node, keys, fileOf(node), testNames, { ...metaOf(node), ...cuts.get(node.unique_id) }),
      ),
      ...external.map((source) => sourceAsset(source, fileOf(source))),
      ...Object.values(manifest.exposures).map((exposure) => exposureAsset(exposure, keys, fileOf(exposure))),
    ],
    checks: tests,
    steps: [...nodes.map((node) => nodeStep(node, keys, metaOf(node))), ...tests.map(testStep)],
    problems,
  }
}

/** Which assets a dbt node stands for. */
class DbtKeys {
  readonly #manifest: Manifest
  readonly #depths = new Map<string, number>()
  constructor(manifest: Manifest) {
    this.#manifest = manifest
  }

  keyOf(uniqueId: string): string | undefined {
    const node = this.#manifest.nodes[uniqueId]
    if (node) return isAssetNode(node) ? nodeKey(node) : undefined
    const source = this.#manifest.sources[uniqueId]
    return source && sourceKey(source)
  }

  /** The assets a node reads: through ephemeral models to what they read. */
  upstream(dependsOn: readonly string[], seen = new Set<string>()): string[] {
    const keys = new Set<string>()
    for (const id of dependsOn) {
      if (seen.has(id)) continue
      seen.add(id)
      const key = this.keyOf(id)
      if (key !== undefined) keys.add(key)
      else for (const deeper of this.upstream(this.#manifest.nodes[id]?.depends_on.nodes ?? [], seen)) keys.add(deeper)
    }
    return [...keys]
  }

  /** How far a node is from the sources; a test of several nodes belongs to the one furthest down. */
  depth(uniqueId: string): number {
    let depth = this.#depths.get(uniqueId)
    if (depth === undefined) {
      // A circle is another part's problem; here it must only come to an end.
      this.#depths.set(uniqueId, 0)
      const parents = this.#manifest.nodes[uniqueId]?.depends_on.nodes ?? []
      depth = Math.max(0, ...parents.map((id) => 1 + this.depth(id)))
      this.#depths.set(uniqueId, depth)
    }
    return depth
  }
}

function nodeAsset(
  node: ManifestNode,
  keys: DbtKeys,
  file: string,
  testNames: TestNames,
  { pool: _, ...more }: Omit<NodeMeta, 'partitions'> & Cut,
): AssetSpec {
  const key = nodeKey(node)
  return {
    key,
    kinds: [node.resource_type, 'dbt', ...(node.config.materialized ? [node.config.materialized] : [])].filter(
      (kind, i, all) => all.indexOf(kind) === i,
    ),
    group: node.group ?? defaultGroup(node),
    description: node.description,
    owners: owners(node),
    tags: [...node.tags],
    // A model may read the table of its own name in another database.
    deps: keys.upstream(node.depends_on.nodes).filter((dep) => dep !== key),
    columns: columns(node, key, testNames),
    isExecutable: true,
    step: dbtStepKey(node.unique_id),
    ...more,
    relation: { schema: node.schema, identifier: node.alias, ...(node.database ? { database: node.database } : {}) },
    source: { file },
    ...(node.resource_type === 'seed' ? {} : { code: { language: node.language, text: node.raw_code } }),
    codeVersion: node.checksum.checksum,
    origin: { uniqueId: node.unique_id },
  }
}

/** Without a dbt group: the folder below models/, seeds/ or snapshots/, which is how people divide a project. */
function defaultGroup(node: ManifestNode): string {
  if (node.resource_type !== 'model') return `${node.resource_type}s`
  return node.fqn.length > 2 ? (node.fqn[1] as string) : 'models'
}

function owners(node: ManifestNode): string[] {
  const owner = node.meta.owner ?? node.config.meta.owner
  return typeof owner === 'string' ? [owner] : []
}

/** Names of the checks on each column of each asset. */
type TestNames = ReadonlyMap<string, readonly string[]>
const noTests: TestNames = new Map()
const columnKey = (asset: string, column: string) => `${asset} ${column}`

function namesByColumn(checks: readonly CheckSpec[]): TestNames {
  const names = new Map<string, string[]>()
  for (const { asset, column, name } of checks) {
    if (column === undefined) continue
    const known = names.get(columnKey(asset, column))
    if (known) known.push(name)
    else names.set(columnKey(asset, column), [name])
  }
  return names
}

function columns(node: ManifestNode | ManifestSource, key: string, testNames: TestNames) {
  return Object.values(node.columns).map((column) => ({
    name: column.name,
    ...(column.data_type ? { type: column.data_type } : {}),
    ...(column.description ? { description: column.description } : {}),
    tests: testNames.get(columnKey(key, column.name)) ?? [],
  }))
}

function sourceAsset(source: ManifestSource, file: string): AssetSpec {
  return {
    key: sourceKey(source),
    kinds: ['source', 'dbt'],
    group: source.source_name,
    description: source.description,
    owners: [],
    tags: [...source.tags],
    deps: [],
    columns: columns(source, '', noTests),
    isExecutable: false,
    relation: { schema: source.schema, identifier: source.identifier },
    source: { file },
    origin: { uniqueId: source.unique_id },
  }
}

function exposureAsset(exposure: ManifestResource, keys: DbtKeys, file: string): AssetSpec {
  const owner = exposure.owner as { name?: string; email?: string } | undefined
  return {
    key: exposureKey(exposure.name),
    kinds: ['exposure', ...(typeof exposure.type === 'string' ? [exposure.type] : [])],
    group: 'exposures',
    description: typeof exposure.description === 'string' ? exposure.description : '',
    owners: [owner?.name ?? owner?.email].filter((name) => typeof name === 'string'),
    tags: Array.isArray(exposure.tags) ? exposure.tags.filter((tag) => typeof tag === 'string') : [],
    deps: keys.upstream(exposure.depends_on?.nodes ?? []),
    columns: [],
    isExecutable: false,
    source: { file },
    origin: { uniqueId: exposure.unique_id },
  }
}

function nodeStep(node: ManifestNode, keys: DbtKeys, { pool }: Pick<NodeMeta, 'pool'>): StepSpec {
  return {
    key: dbtStepKey(node.unique_id),
    kind: 'dbt',
    assets: [keys.keyOf(node.unique_id) as string],
    checks: [],
    isSubsettable: false,
    ...(pool === undefined ? {} : { pool }),
  }
}

function testCheck(
  test: ManifestNode | ManifestResource,
  keys: DbtKeys,
  fileOf: (node: { original_file_path: string }) => string,
): CheckSpec[] {
  const parents = test.depends_on?.nodes ?? []
  const attached = typeof test.attached_node === 'string' ? test.attached_node : undefined
  const deepest = [...parents].sort((a, b) => keys.depth(b) - keys.depth(a))[0]
  const reads = keys.upstream(parents)
  const asset = (attached && keys.keyOf(attached)) ?? (deepest && keys.keyOf(deepest)) ?? reads[0]
  if (asset === undefined) return []
  const severity = String((test.config as { severity?: unknown } | undefined)?.severity ?? 'error').toLowerCase()
  return [
    {
      asset,
      name: test.name,
      description: typeof test.description === 'string' ? test.description : '',
      isBlocking: severity !== 'warn',
      ...(typeof test.column_name === 'string' ? { column: test.column_name } : {}),
      deps: reads.filter((key) => key !== asset),
      step: dbtStepKey(test.unique_id),
      source: { file: fileOf(test) },
      origin: { uniqueId: test.unique_id },
    },
  ]
}

function testStep(check: CheckSpec): StepSpec {
  return {
    key: check.step,
    kind: 'dbt',
    assets: [],
    checks: [{ asset: check.asset, name: check.name }],
    isSubsettable: false,
  }
}
