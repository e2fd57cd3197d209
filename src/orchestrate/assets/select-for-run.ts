import { errorFromJson } from '../../base/index.js'
import type { AssetKey, Definitions } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { selectAssets } from './select-assets.js'

/**
 * The assets that a run will bring up to date. While a part of the project cannot be read, only assets that are named in
 * full are run: a selection that reaches further would leave out the broken part without a word.
 * @throws PROJECT_BROKEN with the place of the first problem; SELECTION_INVALID
 */
export function selectForRun(definitions: Pick<Definitions, 'assets' | 'problems'>, selection: string): Set<AssetKey> {
  const [first, ...others] = definitions.problems
  if (!first) return selectAssets(definitions, selection)
  const known = new Set(definitions.assets.map((asset) => asset.key))
  const words = selection.trim().split(/\s+/)
  if (words.every((word) => known.has(word))) return new Set(words)
  const more = others.length > 0 ? ` (and ${others.length} more: see \`millrace doctor\`)` : ''
  throw orchestrateErrors.create('PROJECT_BROKEN', {
    message: `The project cannot be read as a whole, so nothing was started: ${first.message}${more}`,
    at: first.at,
    frame: first.frame,
    hint: first.hint ?? 'Mend it and try again.',
    cause: errorFromJson(first),
  })
}
