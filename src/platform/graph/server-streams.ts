import { MillraceError } from '../../base/index.js'
import type { AssetSpec, Definitions } from '../../orchestrate/index.js'
import type { Manifest } from '../../transform/index.js'
import type { KnownServer } from '../airbyte/airbyte-servers.js'
import { isAssetNode, nodeKey, sourceKey } from './asset-keys.js'
import { type DefinitionParts, joinParts } from './definition-parts.js'
import { keptServerParts } from './kept-parts.js'
import { type GraphBefore, remoteAssets } from './remote-assets.js'

/** What the connections of servers elsewhere add to the project. */
export async function serverStreams(
  servers: readonly KnownServer[],
  around: {
    readonly own: Pick<DefinitionParts, 'assets'>
    readonly manifest: Manifest | undefined
    readonly before: () => Promise<Definitions | undefined>
  },
): Promise<
  DefinitionParts & { readonly problems: readonly MillraceError[]; readonly warnings: readonly MillraceError[] }
> {
  const graph: GraphBefore = {
    taken: takenKeys(around.own.assets, around.manifest),
    tables: sourceTables(around.manifest),
  }
  const { warnings, ...found } = remoteAssets(servers, graph)
  const away = servers.flatMap(({ server, problem }) => (problem ? [{ server, error: at(problem, server.at) }] : []))
  const unknown = away.filter(({ server }) => servers.some((one) => one.server === server && !one.catalogue))
  const before = unknown.length > 0 ? await around.before() : undefined
  const kept = unknown.map(({ server, error }) => ({ parts: keptServerParts(before, server.name), error }))
  return {
    ...joinParts([found, ...kept.flatMap(({ parts }) => parts ?? [])]),
    // Without what it has, half the graph would seem to be missing.
    problems: kept.flatMap(({ parts, error }) => (parts ? [] : [error])),
    warnings: [
      ...warnings,
      ...away.flatMap(({ error }) => (kept.some((one) => one.error === error && !one.parts) ? [] : [standing(error)])),
    ],
  }
}

function takenKeys(assets: readonly AssetSpec[], manifest: Manifest | undefined): ReadonlyMap<string, string> {
  const nodes = Object.values(manifest?.nodes ?? {}).filter(isAssetNode)
  return new Map([
    ...nodes.map((node) => [nodeKey(node), `the ${node.resource_type} ${node.name}`] as const),
    ...assets.map(
      ({ key, origin }) => [key, `the stream ${origin?.stream} of the connection ${origin?.connection}`] as const,
    ),
  ])
}

/** As dbt sources write them. Of two that only differ in their letters neither says how others are meant. */
function sourceTables(manifest: Manifest | undefined): GraphBefore['tables'] {
  const tables = new Map<string, { schema: string; identifier: string }>()
  const doubled = new Set<string>()
  for (const source of Object.values(manifest?.sources ?? {})) {
    const [key, small] = [sourceKey(source), sourceKey(source).toLowerCase()]
    const known = tables.get(small)
    if (known && `${known.schema}/${known.identifier}` !== key) doubled.add(small)
    tables.set(small, { schema: source.schema, identifier: source.identifier })
  }
  for (const key of doubled) tables.delete(key)
  return tables
}

const definitionOf = ({ kind, retryable }: MillraceError) => ({ kind, retryable, summary: '' })

const at = (error: MillraceError, place: NonNullable<MillraceError['at']>) =>
  new MillraceError(error.code, definitionOf(error), { message: error.message, hint: error.hint, at: place })

const standing = (error: MillraceError) =>
  new MillraceError(error.code, definitionOf(error), {
    message: `${error.message} Its connections stand as they were read last.`,
    hint: error.hint,
    at: error.at,
  })
