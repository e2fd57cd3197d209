import type { SourceLocation } from '../../base/index.js'
import { airbyteDestination } from '../destinations/airbyte/index.js'
import type { DestinationConnector } from '../destinations/destination.js'
import { devNullDestination } from '../destinations/dev-null/index.js'
import { fileDestination } from '../destinations/file/index.js'
import { extractLoadErrors } from '../errors.js'
import { airbyteConnector } from './airbyte/index.js'
import { bigQueryConnector } from './bigquery/index.js'
import type { ConnectorInfo, SourceConnector } from './connector.js'
import { fakerConnector } from './faker/index.js'
import { fileConnector } from './file/index.js'
import { mysqlConnector } from './mysql/index.js'
import { postgresConnector } from './postgres/index.js'
import { snowflakeConnector } from './snowflake/index.js'
import { warehouseDestination } from './warehouse/index.js'

const sources: readonly SourceConnector[] = [
  fileConnector,
  postgresConnector,
  mysqlConnector,
  bigQueryConnector,
  snowflakeConnector,
  fakerConnector,
  airbyteConnector,
]
const destinations: readonly DestinationConnector[] = [
  warehouseDestination,
  fileDestination,
  airbyteDestination,
  devNullDestination,
]

/** Every native connector, sources first. */
export function listConnectors(): readonly ConnectorInfo[] {
  return [...sources, ...destinations]
}

/** Where streams can be loaded; the warehouse first. */
export const listDestinations = (): readonly DestinationConnector[] => destinations

/** @throws CONNECTOR_NOT_FOUND */
export function connectorOf(name: string, at?: SourceLocation): SourceConnector {
  const found = sources.find((connector) => connector.name === name)
  if (found) return found
  throw extractLoadErrors.create('CONNECTOR_NOT_FOUND', {
    message: `There is no source connector \`${name}\`.`,
    at,
    hint: `Sources: ${sources.map((connector) => connector.name).join(', ')}. \`millrace connectors\` describes them.`,
  })
}

/** @throws CONNECTOR_NOT_FOUND */
export function destinationOf(name: string, at?: SourceLocation): DestinationConnector {
  const found = destinations.find((connector) => connector.name === name)
  if (found) return found
  throw extractLoadErrors.create('CONNECTOR_NOT_FOUND', {
    message: `There is no destination connector \`${name}\`.`,
    at,
    hint: `Destinations: ${destinations.map((connector) => connector.name).join(', ')}. \`millrace connectors\` describes them.`,
  })
}
