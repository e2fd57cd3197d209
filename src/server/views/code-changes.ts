import { lineDiff, shortDiff } from '../../base/index.js'
import type { AssetSpec } from '../../orchestrate/index.js'
import type { CodeChanges } from '../contract/index.js'
import type { Services } from '../services.js'

/** How the SQL of a model that would run now differs from what made its table last. */
export async function codeChanges(
  { store, engine }: Pick<Services, 'store' | 'engine'>,
  { key, origin }: AssetSpec,
): Promise<CodeChanges> {
  const [state] = await store.assetStates([key])
  const last = state?.lastMetadata?.compiled_sql
  if (origin?.uniqueId === undefined || typeof last !== 'object' || last?.type !== 'sql')
    return { lines: [], unknown: 'no SQL of a run is kept' }
  const { compiledCode, notCompiled } = await engine.model(origin.uniqueId)
  if (compiledCode === undefined) return { lines: [], unknown: notCompiled ?? 'it has no SQL by now' }
  const lines = lineDiff(last.text.trim(), compiledCode.trim())
  return { lines: lines.some(({ sign }) => sign !== ' ') ? shortDiff(lines) : [] }
}
