import type { AssetSpec, Definitions } from '../../orchestrate/index.js'

const lists = ['assets', 'checks', 'steps', 'schedules', 'sensors', 'automations', 'connections', 'problems'] as const
const assetLists = ['kinds', 'owners', 'tags', 'deps', 'columns'] as const
const assetTexts = ['group', 'description'] as const

/**
 * Definitions as everybody reads them: what an older version published knows less, and may have taken for a list what is none. An asset
 * that lacks something is shown without it, and does not keep the others from being shown.
 */
export function asPublished(published: Definitions): Definitions {
  const definitions = withLists(published, lists)
  return { ...definitions, assets: definitions.assets.map(whole) }
}

function whole(asset: AssetSpec): AssetSpec {
  const missing = assetTexts.filter((name) => typeof asset[name] !== 'string')
  const listed = withLists(asset, assetLists)
  return missing.length === 0 ? listed : { ...listed, ...Object.fromEntries(missing.map((name) => [name, ''])) }
}

function withLists<T extends object>(value: T, names: readonly (keyof T)[]): T {
  const missing = names.filter((name) => !Array.isArray(value[name]))
  return missing.length === 0 ? value : { ...value, ...Object.fromEntries(missing.map((name) => [name, []])) }
}
