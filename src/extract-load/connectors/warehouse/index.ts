import type { DestinationConnector } from '../../destinations/destination.js'
import { forgetStored, storedStates } from '../../destinations/loaded-warehouse/index.js'
import { loadingMethods, warehouseConfigSchema } from '../../destinations/loading-method.js'
import { hasLoadingMethods, loadDialectOf, openDestination } from '../../destinations/open-destination.js'
import { forgetAccepted, readStates } from '../../loading/state/state-table.js'
import { readSettings } from '../read-settings.js'

const place = {
  schema: {
    type: 'string',
    title: 'Schema',
    description: 'Where the tables are made; `${SOURCE_NAMESPACE}` in it is the schema or database of the source.',
    order: 0,
  },
  prefix: {
    type: 'string',
    title: 'Prefix',
    description: 'Put before the name of each stream.',
    default: '',
    order: 1,
  },
} as const

const loadingMethod = {
  loading_method: {
    type: 'string',
    title: 'Loading method',
    description:
      'How rows come into BigQuery: by load jobs, which cost nothing, or by the Storage Write API, which writes them at once and is billed by the gigabyte.',
    enum: [...loadingMethods],
    order: 2,
  },
} as const

const specWith = (properties: object) => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['schema'],
  properties,
})

/** The project's own warehouse as a destination. */
export const warehouseDestination: DestinationConnector = {
  name: 'warehouse',
  title: "The project's warehouse",
  kind: 'destination',
  description: 'Loads streams into tables of the warehouse that the dbt profile names, where models can read them.',
  version: '0.1.0',
  releaseStage: 'beta',
  spec: specWith({ ...place, ...loadingMethod }),
  specOf: (type) => specWith({ ...place, ...(hasLoadingMethods(type) ? loadingMethod : {}) }),
  isWarehouse: true,
  modes: ['overwrite', 'append', 'append_dedup', 'overwrite_dedup'],
  checkSettings: (config) => {
    readSettings('warehouse', warehouseConfigSchema, config, '', 'destination')
  },
  open: ({ warehouse, connection }) => openDestination(warehouse, connection),
  async readStates({ warehouse, connection }) {
    const dialect = loadDialectOf(warehouse)
    return dialect ? storedStates(warehouse, dialect, connection.name) : readStates(warehouse, connection.name)
  },
  async forgetAccepted({ warehouse, connection }, streams) {
    const dialect = loadDialectOf(warehouse)
    await (dialect
      ? forgetStored(warehouse, dialect, connection.name, streams)
      : forgetAccepted(warehouse, connection.name, streams))
  },
}
