import type { JsonSchema } from '../../contract.js'
import { formats } from './config.js'
import { placesProperties } from './places-spec.js'

/** What people and forms are told about the settings; `fileConfigSchema` is what holds. A test ties the two. */
export const fileSpec: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Files',
  type: 'object',
  required: ['streams'],
  additionalProperties: false,
  properties: {
    streams: {
      type: 'array',
      title: 'Streams',
      description: 'One table each: a file, or all files that match a pattern.',
      order: 0,
      minItems: 1,
      items: {
        type: 'object',
        required: ['name', 'path'],
        additionalProperties: false,
        properties: {
          name: {
            type: 'string',
            title: 'Name',
            description: 'The table is called so, behind the prefix of the destination.',
            minLength: 1,
            order: 0,
            examples: ['orders'],
          },
          path: {
            type: 'string',
            title: 'Path',
            description:
              'A file or a pattern (*, **, ?) relative to the project, of a bucket (s3://bucket/path/*.csv, gs://bucket/path/*.csv) or of a server (sftp://host/path/*.csv; below the folder of the user sftp://host/~/path/*.csv); an http(s) address; or npm:<package>/<path> for a file of an installed package.',
            minLength: 1,
            order: 1,
            examples: [
              'data/*.csv',
              's3://lake/shop/**/*.parquet',
              'gs://lake/shop/*.jsonl.gz',
              'sftp://files.example.com/out/*.csv',
              'https://example.com/orders.parquet',
              'npm:vega-datasets/data/airports.csv',
            ],
          },
          format: {
            type: 'string',
            title: 'Format',
            description: 'Told from the ending when left out.',
            enum: formats,
            order: 2,
            examples: ['csv'],
          },
          delimiter: {
            type: 'string',
            title: 'Delimiter',
            description: 'CSV: the character between values. Told from the first line when left out (, ; tab or |).',
            minLength: 1,
            maxLength: 1,
            order: 3,
            examples: [';'],
          },
          sheet: {
            type: 'string',
            title: 'Sheet',
            description: 'Excel: the name of the sheet. The first one when left out.',
            minLength: 1,
            order: 4,
            examples: ['2024'],
          },
          header: {
            type: 'boolean',
            title: 'Header',
            description:
              'CSV and Excel: the first line holds the names. Without it columns are called column0, column1, ….',
            default: true,
            order: 5,
            examples: [false],
          },
          skip_rows: {
            type: 'integer',
            title: 'Skip rows',
            description: 'CSV and Excel: how many lines stand before the header and say nothing.',
            minimum: 0,
            default: 0,
            order: 6,
            examples: [2],
          },
          encoding: {
            type: 'string',
            title: 'Encoding',
            description:
              'CSV and JSON: how the text is encoded, by its WHATWG name (latin1, windows-1252, utf-16le, shift_jis, …). A byte order mark is understood without it.',
            default: 'utf-8',
            order: 7,
            examples: ['latin1'],
          },
          bad_rows: {
            type: 'string',
            title: 'Bad rows',
            description:
              'CSV, JSON lines and Excel: a row that cannot be read (too many or too few values, open quotes, broken JSON) ends the sync, or is left out, counted and logged.',
            enum: ['fail', 'skip'],
            default: 'fail',
            order: 8,
            examples: ['skip'],
          },
          timeout_seconds: {
            type: 'number',
            title: 'Timeout',
            description:
              'HTTP, S3, Google Cloud Storage and SFTP: how many seconds the server may be silent before another attempt is made.',
            exclusiveMinimum: 0,
            default: 60,
            order: 9,
            examples: [300],
          },
        },
      },
    },
    ...placesProperties,
  },
}
