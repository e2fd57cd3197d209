import type { AssetKey, AssetSpec } from './definitions.js'

/** A table as code finds it by its name. */
export interface TableName {
  readonly key: AssetKey
  /** Undefined for a stream that goes elsewhere. */
  readonly relation?: AssetSpec['relation']
}

type Tables = Readonly<Record<string, TableName>>

/** What the project has besides definitions.ts, by the names that code uses: `orders`, `orders.v2`, `shop.orders` of sources. */
export interface ProjectNames {
  readonly models: Tables
  readonly seeds: Tables
  readonly snapshots: Tables
  readonly sources: Tables
  /** By connection. */
  readonly streams: Readonly<Record<string, Tables>>
  /** There may be more: a part of the project cannot be read. Names that are not here are no mistake. */
  readonly isPartial?: boolean | undefined
}
