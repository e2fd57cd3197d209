import type { Catalog, ShownDestination, ShownSource } from './catalog.js'
import { connectorType, type WarehouseFacts } from './connectors.js'
import { sourceSettings } from './source-settings.js'

/** As the public API answers a source. */
export const sourceResponse = (source: ShownSource, catalog: Catalog, createdAt: number) => {
  const configuration = sourceSettings(source)
  return {
    sourceId: source.id,
    name: source.name,
    sourceType: configuration.sourceType,
    definitionId: catalog.definitionId('source_definition', source.connector),
    workspaceId: catalog.workspaceId,
    configuration,
    createdAt,
  }
}

/** The same of a destination. Tables of the warehouse are where its database says, in the schema of the connection. */
export const destinationResponse = (
  destination: ShownDestination,
  catalog: Catalog,
  warehouse: WarehouseFacts,
  createdAt: number,
) => {
  const { connector, config, schema } = destination
  const isWarehouse = connector === 'warehouse'
  const destinationType = isWarehouse ? warehouse.type : connectorType(connector, config)
  return {
    destinationId: destination.id,
    name: destination.name,
    destinationType,
    definitionId: catalog.definitionId('destination_definition', connector),
    workspaceId: catalog.workspaceId,
    configuration: {
      destinationType,
      ...config,
      ...(isWarehouse ? placeOf(warehouse) : {}),
      ...(schema === undefined ? {} : { schema }),
    },
    createdAt,
  }
}

/** What settings of a destination say of the project's warehouse. DuckDB calls a database as its file is called. */
export function placeOf({ type, path }: WarehouseFacts) {
  if (type !== 'duckdb' || path === undefined) return {}
  const file = path.split(/[/\\]/).at(-1) ?? path
  return { database: file.replace(/\.[^.]*$/, ''), destination_path: path }
}

/** Answered by two APIs under other names. */
export const workspaceResponse = ({ workspaceId, project }: Catalog) => ({
  workspaceId,
  name: project,
  dataResidency: 'auto',
  notifications: {},
})
