import { selectionOf } from '../assets/select-assets.js'
import { invalid } from './require.js'
import type { MaybeOpen } from './tables.js'

interface Keyed {
  readonly key: string
}

/** What is to be made: a selection, or assets and tables. */
export type Target = string | Keyed | MaybeOpen | readonly (Keyed | MaybeOpen)[]

/** The same as a selection. @throws DEFINITIONS_INVALID */
export function targetText(what: string, target: Target): string {
  const assets: readonly unknown[] = Array.isArray(target) ? target : [target]
  const keys = assets.map((one) => (one as Partial<Keyed> | null | undefined)?.key)
  const text = typeof target === 'string' ? target : selectionOf(keys.filter((key) => typeof key === 'string'))
  if (text.trim() !== '' && (typeof target === 'string' || keys.every((key) => typeof key === 'string'))) return text
  const wrong = assets[keys.findIndex((key) => typeof key !== 'string')]
  if (Array.isArray(target) && wrong !== undefined)
    throw invalid(
      `${what}: ${JSON.stringify(wrong)} in a list is no asset and no table.`,
      "A list is of assets and tables, [myAsset, tables.raw.orders]; names are one text, a selection: 'main/mart_x reports/y'.",
    )
  throw invalid(`${what} has no target.`, "Name assets: target: '*', 'group:marts', 'main/mart_x+' or [myAsset].")
}
