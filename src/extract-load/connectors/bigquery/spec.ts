import type { JsonSchema } from '../../contract.js'

/** What people and forms are told about the settings; `bigQueryConfigSchema` is what holds. A test ties the two. */
export const bigQuerySpec: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'BigQuery',
  type: 'object',
  required: ['project_id'],
  additionalProperties: false,
  properties: {
    project_id: {
      type: 'string',
      title: 'Project',
      description: 'The id of the project that has the tables, and whose jobs read them.',
      minLength: 1,
      order: 0,
      examples: ['my-project-123'],
    },
    dataset_id: {
      type: 'string',
      title: 'Dataset',
      description:
        'The dataset with the tables. Without one, all datasets of the project: streams are `dataset.table` then.',
      minLength: 1,
      order: 1,
      examples: ['shop'],
    },
    credentials_json: {
      type: 'string',
      title: 'Key of a service account',
      description:
        'What stands in its key file. Without one the machine says who asks: `gcloud auth application-default login`, or GOOGLE_APPLICATION_CREDENTIALS.',
      minLength: 1,
      airbyte_secret: true,
      multiline: true,
      order: 2,
      examples: ['{"type": "service_account", "project_id": "my-project-123"}'],
    },
    access_token: {
      type: 'string',
      title: 'Access token',
      description: 'Instead of a key: a token that somebody else has asked for. It holds for an hour.',
      minLength: 1,
      airbyte_secret: true,
      order: 3,
      examples: ['ya29.a0Af'],
    },
    location: {
      type: 'string',
      title: 'Location',
      description: 'Where the datasets are, if neither in the US nor in the EU.',
      minLength: 1,
      order: 4,
      examples: ['europe-west3'],
    },
    maximum_bytes_billed: {
      type: 'integer',
      title: 'Most bytes of a query',
      description: 'A query that would be billed more fails before it begins.',
      minimum: 1,
      order: 5,
      examples: [10_000_000_000],
    },
    api_endpoint: {
      type: 'string',
      title: 'API endpoint',
      description: 'Where the API is, if not at Google: a private endpoint, or an emulator.',
      minLength: 1,
      order: 6,
      examples: ['http://127.0.0.1:9050'],
    },
  },
}
