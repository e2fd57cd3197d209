import type { JsonSchema } from '../../contract.js'
import { s3Properties } from '../../remote-files/s3/s3-settings.js'
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
      properties: s3Properties,
    },
  },
}
