import type { JsonSchema } from '../../contract.js'
import { compressions, fileFormats } from './config.js'

/** What people and forms are told about the settings; `fileDestinationSchema` is what holds. A test ties the two. */
export const fileDestinationSpec: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Files',
  type: 'object',
  required: ['path'],
  additionalProperties: false,
  properties: {
    path: {
      type: 'string',
      title: 'Path',
      description:
        'A folder, relative to the project or absolute, or s3://bucket/folder. Each stream gets a folder below it.',
      minLength: 1,
      order: 0,
      examples: ['exports', '/srv/lake/shop', 's3://lake/shop'],
    },
    format: {
      type: 'string',
      title: 'Format',
      description: 'Parquet keeps types as they are; CSV and JSON lines are text.',
      enum: fileFormats,
      default: 'parquet',
      order: 1,
      examples: ['csv'],
    },
    compression: {
      type: 'string',
      title: 'Compression',
      description: 'Left out, zstd for Parquet and none for text. Snappy is for Parquet only.',
      enum: compressions,
      order: 2,
      examples: ['gzip'],
    },
    s3: {
      type: 'object',
      title: 'S3',
      description: 'For a path that begins with s3://: where the bucket is, and who writes there.',
      order: 3,
      examples: [{ endpoint: 'http://minio:9000' }],
      additionalProperties: false,
      properties: {
        endpoint: {
          type: 'string',
          title: 'Endpoint',
          description: "The address of a server that is not Amazon's.",
          order: 0,
          examples: ['http://minio:9000'],
        },
        region: {
          type: 'string',
          title: 'Region',
          description: 'Where the bucket lies.',
          default: 'us-east-1',
          order: 1,
          examples: ['eu-central-1'],
        },
        access_key_id: {
          type: 'string',
          title: 'Access key ID',
          description: 'Left out, AWS_ACCESS_KEY_ID of the environment.',
          order: 2,
          examples: ['AKIAIOSFODNN7EXAMPLE'],
        },
        secret_access_key: {
          type: 'string',
          title: 'Secret access key',
          description: 'Left out, AWS_SECRET_ACCESS_KEY of the environment.',
          airbyte_secret: true,
          order: 3,
          examples: ['${S3_SECRET}'],
        },
        session_token: {
          type: 'string',
          title: 'Session token',
          description:
            'Of credentials that end. Left out together with the keys, AWS_SESSION_TOKEN of the environment.',
          airbyte_secret: true,
          order: 4,
          examples: ['${S3_TOKEN}'],
        },
      },
    },
  },
}
