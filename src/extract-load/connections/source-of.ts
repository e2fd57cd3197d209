import type { SourceConnector } from '../connectors/connector.js'
import { connectorOf } from '../connectors/registry.js'
import type { Connection } from '../contract.js'

/** What a connection reads with. */
export const sourceOf = ({ addedConnector, source }: Pick<Connection, 'source' | 'addedConnector'>): SourceConnector =>
  addedConnector ?? connectorOf(source.connector)
