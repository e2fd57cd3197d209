import { errorFromJson } from '../../base/index.js'
import type { AssetKey, Definitions } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { isKeptWhole, requireMakeable, withoutWaiting } from './broken-parts.js'
import { selectAssets, selectionWords } from './select-assets.js'
import { missingAssets, nothingToMake } from './unmakeable.js'

/**
 * The assets that a run will bring up to date. A part of the project that cannot be read any more stands there as it was, and what needs
 * it is refused. While nobody knows what a broken part holds, only assets that are named in full are run: a selection that reaches
 * further would leave it out without a word. One that needs an asset which does not exist is refused as well: it would fail in the
 * middle, or read what an older project left behind.
 * @throws PROJECT_BROKEN with the place of the first problem; SELECTION_INVALID
 */
export function selectForRun(
  definitions: Pick<Definitions, 'assets' | 'steps' | 'problems' | 'broken' | 'dbtSelections'>,
  selection: string,
): Set<AssetKey> {
  const assets = possibleAssets(definitions, selection).assets
  requireMakeable(definitions, assets)
  const problem = nothingToMake(definitions, assets)
  if (problem) throw problem
  return assets
}

/** What a run leaves out because a connection waits for a secret, in words; undefined where it leaves nothing out. */
export function whyLeftOut(
  definitions: Pick<Definitions, 'assets' | 'steps' | 'problems' | 'broken' | 'dbtSelections'>,
  selection: string,
): string | undefined {
  if (!definitions.broken?.some(({ isKnown }) => isKnown)) return undefined
  const { waiting } = possibleAssets(definitions, selection)
  if (waiting.length === 0) return undefined
  const first = waiting.slice(0, 3).join(', ')
  const more = waiting.length > 3 ? ` and ${waiting.length - 3} more` : ''
  const broken = definitions.broken.filter(({ isKnown }) => isKnown)
  const why = broken.map(({ file, error }) => `${file}: ${error.message}`)
  const [name = 'NAME'] = broken.flatMap(({ error }) => error.data?.variables ?? [])
  return `Left out until a secret is set: ${first}${more}. ${why.join(' ')} Set it with \`millrace secrets set ${name}\`, or on the page, Settings → Secrets.`
}

/** A selection that reaches further goes on without what waits for a secret; what is named in full is asked for, and refused. */
function possibleAssets(
  definitions: Pick<Definitions, 'assets' | 'steps' | 'problems' | 'broken' | 'dbtSelections'>,
  selection: string,
): { readonly assets: Set<AssetKey>; readonly waiting: readonly AssetKey[] } {
  const all = withSiblings(definitions, chosenAssets(definitions, selection))
  const { assets, waiting } = withoutWaiting(definitions, all)
  const named = new Set(wordsOf(selection))
  if (assets.size === 0 || waiting.some((key) => named.has(key))) return { assets: all, waiting: [] }
  return { assets: new Set(assets), waiting }
}

const wordsOf = (selection: string) => selectionWords(selection).map((word) => word.replace(/^"(.*)"$/, '$1'))

/** What is made by one function that cannot make less is made together, whichever of it was asked for. */
export function withSiblings({ steps }: Pick<Definitions, 'steps'>, assets: ReadonlySet<AssetKey>): Set<AssetKey> {
  const all = new Set(assets)
  for (const step of steps)
    if (!step.isSubsettable && step.assets.length > 1 && step.assets.some((asset) => assets.has(asset)))
      for (const asset of step.assets) all.add(asset)
  return all
}

function chosenAssets(
  definitions: Pick<Definitions, 'assets' | 'problems' | 'broken' | 'dbtSelections'>,
  selection: string,
): Set<AssetKey> {
  const [first, ...others] = definitions.problems.filter(
    ({ code, message }) =>
      !definitions.broken?.some(({ isKnown, error }) => isKnown && error.code === code && error.message === message),
  )
  if (!first || isKeptWhole(definitions)) return selectAssets(definitions, selection)
  const known = new Set(definitions.assets.map((asset) => asset.key))
  const words = wordsOf(selection)
  const isNamed = words.every((word) => known.has(word))
  const chosen = definitions.assets.filter((asset) => words.includes(asset.key))
  const [missing] = isNamed ? missingAssets(definitions.assets, chosen) : []
  if (isNamed && !missing) return new Set(words)
  // What is missing is told as such where nothing else is wrong: otherwise it may only seem to be missing.
  if (missing && first.code === missing.code) throw missing
  const more = others.length > 0 ? ` (and ${others.length} more: see \`millrace doctor\`)` : ''
  throw orchestrateErrors.create('PROJECT_BROKEN', {
    message: `The project cannot be read as a whole, so nothing was started: ${first.message}${more}`,
    at: first.at,
    frame: first.frame,
    hint: first.hint ?? 'Mend it and try again.',
    cause: errorFromJson(first),
  })
}
