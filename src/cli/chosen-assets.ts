import type { AssetKey, Definitions } from '../orchestrate/index.js'
import type { Engine } from '../platform/index.js'

/** Which assets the words of a command line mean: all of them where there are none. @throws SELECTION_INVALID */
export async function chosenAssets(
  engine: Engine,
  definitions: Definitions,
  selection: readonly string[],
): Promise<(asset: { readonly key: AssetKey }) => boolean> {
  if (selection.length === 0) return () => true
  const { selectAssets, withDbtSelections } = await import('../orchestrate/index.js')
  const text = selection.join(' ')
  const known = await withDbtSelections(definitions, text, (selectors) => engine.selectDbt(selectors))
  const keys = selectAssets(known, text)
  return ({ key }) => keys.has(key)
}
