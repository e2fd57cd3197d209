import type { MillraceError, SourceLocation } from '../../base/index.js'
import type { AssetKey, AssetSpec, Definitions } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { AssetGraph, selectionOf } from './select-assets.js'

/** What some of the assets need and nobody makes. */
export function missingAssets(assets: readonly AssetSpec[], chosen: readonly AssetSpec[]): MillraceError[] {
  const graph = AssetGraph.of(assets)
  return chosen.flatMap((asset) =>
    asset.deps.filter((dep) => !graph.assets.has(dep)).map((dep) => unknownAsset(graph, asset.key, dep, asset.source)),
  )
}

/** Where all that a selection names is made by others: a run of it would do nothing. */
export function nothingToMake(
  { assets }: Pick<Definitions, 'assets'>,
  chosen: ReadonlySet<AssetKey>,
): MillraceError | undefined {
  const named = assets.filter(({ key }) => chosen.has(key))
  const [first] = named
  if (!first || named.some(({ isExecutable }) => isExecutable !== false)) return undefined
  const what = named.length > 1 ? `${first.key} and ${named.length - 1} more are` : `${first.key} is`
  return orchestrateErrors.create('SELECTION_INVALID', {
    message: `There is nothing to run: ${what} made by others.`,
    hint: `Select what reads it (${selectionOf([first.key])}+), or note that others made it: millrace assets report ${first.key}. What others make is an externalAsset(…) of definitions.ts or a source of dbt.`,
  })
}

/** The error about an asset that something needs. */
export function unknownAsset(
  graph: AssetGraph,
  what: string,
  key: AssetKey,
  source: SourceLocation | undefined,
): MillraceError {
  return orchestrateErrors.create('DEFINITIONS_INVALID', {
    message: `${what} needs the asset ${key}, which does not exist.`,
    at: source,
    hint: graph.similar(key),
  })
}
