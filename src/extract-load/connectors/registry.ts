import type { SourceLocation } from '../../base/index.js'
import { airbyteDestination } from '../destinations/airbyte/index.js'
import type { DestinationConnector } from '../destinations/destination.js'
import { devNullDestination } from '../destinations/dev-null/index.js'
import { fileDestination } from '../destinations/file/index.js'
import { extractLoadErrors } from '../errors.js'
import { airbyteConnector } from './airbyte/index.js'
import { bigQueryConnector } from './bigquery/index.js'
import type { ConnectorInfo, SourceConnector } from './connector.js'
import { addedConnector, addedConnectors, declarativeConnector } from './declarative/index.js'
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
  declarativeConnector,
]
const destinations: readonly DestinationConnector[] = [
  warehouseDestination,
  fileDestination,
  airbyteDestination,
  devNullDestination,
]

/** Every connector of Millrace, sources first. */
export function listConnectors(): readonly ConnectorInfo[] {
  return [...sources, ...destinations]
}

/** The sources that a project can name: those that were added to it first, then all of Millrace. @param folder of its connections */
export const listSources = (folder: string): readonly ConnectorInfo[] => [...addedConnectors(folder), ...sources]

/** Where streams can be loaded; the warehouse first. @param warehouseType settings that mean nothing to such a warehouse are left out */
export const listDestinations = (warehouseType?: string): readonly DestinationConnector[] =>
  warehouseType === undefined
    ? destinations
    : destinations.map((one) => ({ ...one, spec: one.specOf?.(warehouseType) ?? one.spec }))

/**
 * A source connector of Millrace, or one that was added to a project.
 * @param folder of the project's connections, where there is one
 * @throws CONNECTOR_NOT_FOUND, and what is wrong with the manifest of one that was added
 */
export function connectorOf(
  name: string,
  { folder, at }: { readonly folder?: string | undefined; readonly at?: SourceLocation | undefined } = {},
): SourceConnector {
  const found =
    sources.find((connector) => connector.name === name) ??
    (folder === undefined ? undefined : addedConnector(folder, name))
  if (found) return found
  throw extractLoadErrors.create('CONNECTOR_NOT_FOUND', {
    message: `There is no source connector \`${name}\`.`,
    at,
    hint: `Sources: ${sources.map((connector) => connector.name).join(', ')}. \`millrace connectors\` describes them, and those that were added to the project; \`millrace connectors add\` adds one of a manifest.`,
  })
}

/** Whether a connector of Millrace is called so: none of a project can be. */
export const isOwnName = (name: string): boolean =>
  [...sources, ...destinations].some((connector) => connector.name === name)

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
