import type { AssetSpec, Definitions } from '../../../orchestrate/index.js'
import { relationKey } from '../../graph/asset-keys.js'
import type { AssetNode } from './answers.js'
import { keyText } from './dagster-project.js'

/** What an asset of Dagster is here. */
export type Match =
  /** It is there already: a stream, a dbt node, an asset that somebody wrote. */
  | { readonly type: 'here'; readonly asset: AssetSpec }
  /** dbt or Airbyte makes it, and what would make it here is not in the project yet. */
  | { readonly type: 'missing'; readonly by: 'dbt' | 'airbyte'; readonly key: string; readonly what: string }
  /** Code of Dagster makes it, or nobody does. */
  | { readonly type: 'own'; readonly key: string }

/** An asset of Dagster with what it is here. */
export interface MatchedAsset {
  readonly node: AssetNode
  readonly match: Match
  readonly location: string
}

/** Finds what the project has already of the assets of a Dagster. */
export class AssetMatcher {
  readonly #byKey: ReadonlyMap<string, AssetSpec>
  readonly #byUniqueId: ReadonlyMap<string, AssetSpec>
  readonly #tables: ReadonlyMap<string, AssetSpec>

  /** @param isOwn whether an asset of definitions.ts comes from an import before this one */
  constructor({ assets }: Pick<Definitions, 'assets'>, isOwn: (key: string) => boolean) {
    const others = assets.filter((asset) => isMadeHere(asset) || !isOwn(asset.key))
    this.#byKey = new Map(others.map((asset) => [asset.key, asset]))
    this.#byUniqueId = new Map(
      others.flatMap((asset) => (asset.origin?.uniqueId ? [[asset.origin.uniqueId, asset]] : [])),
    )
    this.#tables = new Map(others.filter(isMadeHere).map((asset) => [asset.key.toLowerCase(), asset]))
  }

  match(node: AssetNode): Match {
    const { uniqueId, table, airbyte } = originOf(node)
    const key = keyText(node.assetKey)
    const isDbt = uniqueId !== undefined
    // A stream of dagster-airbyte is called after its table, prefix and all; its table_name leaves the prefix out.
    const relation = table && relationKey(table.schema, airbyte ? (node.assetKey.at(-1) ?? '') : table.name)
    const found =
      (uniqueId === undefined ? undefined : this.#byUniqueId.get(uniqueId)) ??
      (relation === undefined ? undefined : this.#tables.get(relation.toLowerCase())) ??
      this.#byKey.get(key)
    if (found) return { type: 'here', asset: found }
    if (isDbt) return { type: 'missing', by: 'dbt', key: nameOf(relation ?? key), what: uniqueId }
    if (airbyte) return { type: 'missing', by: 'airbyte', key: nameOf(relation ?? key), what: airbyte.connection }
    return { type: 'own', key: nameOf(key) }
  }
}

/** Streams, dbt nodes and sources: what is there without definitions.ts. */
const isMadeHere = ({ origin }: AssetSpec) => origin?.connection !== undefined || origin?.uniqueId !== undefined

/** What cannot stand in the name of an asset here. */
const nameOf = (key: string) => key.replaceAll(/[\s,*+]+/g, '_')

export interface Origin {
  readonly uniqueId: string | undefined
  readonly table: { readonly schema: string; readonly name: string } | undefined
  readonly airbyte: { readonly connection: string; readonly id: string | undefined } | undefined
}

/** What dagster-dbt and dagster-airbyte wrote into the metadata of an asset. */
export function originOf({ metadataEntries }: AssetNode): Origin {
  const texts = new Map(metadataEntries.flatMap(({ label, text }) => (typeof text === 'string' ? [[label, text]] : [])))
  const parts = texts.get('dagster/table_name')?.split('.') ?? []
  const [schema, name] = parts.slice(-2)
  const connection = texts.get('dagster-airbyte/connection_name')
  return {
    uniqueId: texts.get('dagster_dbt/unique_id') ?? texts.get('dagster-dbt/unique_id'),
    table: schema !== undefined && name !== undefined ? { schema, name } : undefined,
    airbyte: connection === undefined ? undefined : { connection, id: texts.get('dagster-airbyte/connection_id') },
  }
}

/** What belongs to dbt or Airbyte, whether or not it is here; older versions tell it by their kind alone. */
export const isOfTool = (node: AssetNode): boolean => {
  const { uniqueId, airbyte } = originOf(node)
  return uniqueId !== undefined || airbyte !== undefined
}

/** Whether a function of Dagster makes it: neither looked at only, nor known by its name alone. */
export const isMadeByCode = (node: AssetNode): boolean =>
  node.isExecutable && !node.isObservable && !node.isAutoCreatedStub
