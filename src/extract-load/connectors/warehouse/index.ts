import type { ConnectorInfo } from '../connector.js'

/** The project's own warehouse as a destination. */
export const warehouseDestination: ConnectorInfo = {
  name: 'warehouse',
  title: "The project's warehouse",
  kind: 'destination',
  description: 'Loads streams into tables of the warehouse that the dbt profile names, where models can read them.',
  version: '0.1.0',
  releaseStage: 'beta',
  spec: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['schema'],
    properties: {
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
    },
  },
}
