import type { ProjectNames, TableName } from '../../orchestrate/index.js'
import type { Manifest, ManifestNode } from '../../transform/index.js'
import { isAssetNode, nodeKey, sourceKey } from './asset-keys.js'
import type { DefinitionParts } from './definition-parts.js'

type Tables = Record<string, TableName>

/** What the project has, by the names under which definitions.ts finds it. */
export function projectNames(
  manifest: Manifest | undefined,
  { assets, connections }: Pick<DefinitionParts, 'assets' | 'connections'>,
): ProjectNames {
  const relations = new Map(assets.map(({ key, relation }) => [key, relation]))
  const byType: Readonly<Record<string, Tables>> = { model: {}, seed: {}, snapshot: {} }
  const { project_name: own } = manifest?.metadata ?? {}
  const nodes = Object.values(manifest?.nodes ?? {}).filter(isAssetNode)
  // Where a package has the same name, that of the project itself is meant.
  const [packages, ownNodes] = [false, true].map((isOwn) =>
    nodes.filter((node) => (node.package_name === own) === isOwn),
  )
  for (const node of [...(packages ?? []), ...(ownNodes ?? [])]) {
    const tables = byType[node.resource_type]
    for (const name of namesOf(node))
      if (tables) tables[name] = { key: nodeKey(node), relation: { schema: node.schema, identifier: node.alias } }
  }
  const sources: Tables = {}
  for (const source of Object.values(manifest?.sources ?? {}))
    sources[`${source.source_name}.${source.name}`] = {
      key: sourceKey(source),
      relation: { schema: source.schema, identifier: source.identifier },
    }
  const streams: Record<string, Tables> = {}
  for (const { name, streams: all } of connections)
    streams[name] = Object.fromEntries(
      all.map((stream) => {
        const relation = relations.get(stream.asset)
        return [stream.name, { key: stream.asset, ...(relation ? { relation } : {}) }]
      }),
    )
  const { model: models = {}, seed: seeds = {}, snapshot: snapshots = {} } = byType
  return { models, seeds, snapshots, sources, streams }
}

/** Of a model with versions each is `orders.v2`, and the latest `orders` as well. */
function namesOf({ name, version, latest_version: latest }: ManifestNode): string[] {
  if (version === undefined || version === null) return [name]
  return String(version) === String(latest) ? [`${name}.v${version}`, name] : [`${name}.v${version}`]
}

/** The names as far as they are known of a dbt project that cannot be parsed any more, by the assets that it had. */
export function keptNames(
  before: Pick<DefinitionParts, 'assets'>,
  now: Pick<DefinitionParts, 'assets' | 'connections'>,
): ProjectNames {
  const byType: Readonly<Record<string, Tables>> = { model: {}, seed: {}, snapshot: {}, source: {} }
  for (const { key, relation, origin } of before.assets) {
    const [type = '', , ...name] = origin?.uniqueId?.split('.') ?? []
    const tables = byType[type]
    if (tables && relation)
      tables[name.join('.')] = { key, relation: { schema: relation.schema, identifier: relation.identifier } }
  }
  const { model: models = {}, seed: seeds = {}, snapshot: snapshots = {}, source: sources = {} } = byType
  return { ...projectNames(undefined, now), models, seeds, snapshots, sources, isPartial: true }
}
