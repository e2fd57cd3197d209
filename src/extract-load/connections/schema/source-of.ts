import type { SourceConnector } from '../../connectors/connector.js'
import { connectorOf } from '../../connectors/registry.js'
import type { Connection } from '../../contract.js'

/** What a connection reads with: a connector of Millrace, or one that was added to its project. */
export const sourceOf = ({ source, folder }: Pick<Connection, 'source' | 'folder'>): SourceConnector =>
  connectorOf(source.connector, { folder })
