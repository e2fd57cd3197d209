import type { StreamResult } from '../../../extract-load/index.js'
import { type AssetKey, changesIn, changesText, type StepContext } from '../../../orchestrate/index.js'

/** So far back lies, of syncs that found nothing new, the last one that found something. */
const syncsLookedAt = 50

/**
 * Tells what became of columns, once: a column that is gone from the source stays in its table, and each sync finds anew
 * that it is gone.
 */
export function changeTeller(
  context: Pick<StepContext, 'history' | 'schemaChanged'>,
  assetOf: ReadonlyMap<string, AssetKey>,
) {
  const told = new Map<AssetKey, Set<string>>()
  return async ({ stream, schemaChanges }: StreamResult): Promise<void> => {
    const asset = assetOf.get(stream)
    if (asset === undefined || schemaChanges.length === 0) return
    const known = told.get(asset) ?? new Set(await changesBefore(context, asset))
    told.set(asset, known)
    const news = schemaChanges.filter((change) => !known.has(changesText([change])))
    for (const change of news) known.add(changesText([change]))
    if (news.length > 0) context.schemaChanged?.(asset, news)
  }
}

async function changesBefore({ history }: Pick<StepContext, 'history'>, asset: AssetKey): Promise<readonly string[]> {
  const { materializations = [] } = (await history?.({ asset }, syncsLookedAt)) ?? {}
  const last = materializations.find(({ metadata }) => metadata?.unchanged !== true)
  return changesIn(last?.metadata ?? {}).map((change) => changesText([change]))
}
