import type { Connection } from '../contract.js'
import { sourceOf } from './schema/source-of.js'

/** What the settings of a source allow besides. */
export interface SourceTraits {
  /** Which streams there are only the source knows: a connection may take all of them, and new ones as they come. */
  readonly canFollow: boolean
  /** Where its streams lie has a name: a schema, or a database. */
  readonly hasNamespaces: boolean
  /** Incremental streams are read from the log of a database. */
  readonly readsLog: boolean
}

export function sourceTraits(connection: Connection): SourceTraits {
  const source = sourceOf(connection)
  const { config } = connection.source
  return {
    canFollow: source.streamNames(config) === undefined,
    hasNamespaces: source.originOf !== undefined,
    readsLog: source.reads === 'streams' && source.cdc?.isUsed(config) === true,
  }
}
