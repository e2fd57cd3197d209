import type { JsonSchema } from '../../contract.js'
import { s3Properties } from '../../remote-files/s3/s3-settings.js'
import { formats } from './config.js'

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
    s3: {
      type: 'object',
      title: 'S3',
      description: 'For paths that begin with s3://: where the buckets are, and who reads them.',
      order: 1,
      examples: [{ endpoint: 'http://minio:9000' }],
      additionalProperties: false,
      properties: {
        ...s3Properties,
        anonymous: {
          type: 'boolean',
          title: 'Anonymous',
          description:
            'The buckets are public: nobody signs in, whatever keys the environment has. Without any keys that is so by itself.',
          default: false,
          order: 5,
          examples: [true],
        },
      },
    },
    gcs: {
      type: 'object',
      title: 'Google Cloud Storage',
      description: 'For paths that begin with gs://: who reads the buckets.',
      order: 2,
      examples: [{ service_account_json: '${GCS_KEY}' }],
      additionalProperties: false,
      properties: {
        service_account_json: {
          type: 'string',
          title: 'Service account key',
          description: 'The JSON of a key file, not its path. Left out, nobody signs in: for public buckets.',
          airbyte_secret: true,
          multiline: true,
          minLength: 1,
          order: 0,
          examples: ['${GCS_KEY}'],
        },
        endpoint: {
          type: 'string',
          title: 'Endpoint',
          description: "The address of a server that is not Google's.",
          default: 'https://storage.googleapis.com',
          order: 1,
          examples: ['http://localhost:4443'],
        },
      },
    },
    sftp: {
      type: 'object',
      title: 'SFTP',
      description:
        'For paths that begin with sftp://: who logs in, by the program `ssh` of this machine. Left out, as it is set up there.',
      order: 3,
      examples: [{ username: 'reader', private_key: '${SFTP_KEY}' }],
      additionalProperties: false,
      properties: {
        username: {
          type: 'string',
          title: 'User',
          description: 'Who logs in, where the path names nobody (sftp://reader@host/…).',
          minLength: 1,
          order: 0,
          examples: ['reader'],
        },
        password: {
          type: 'string',
          title: 'Password',
          description: 'Of the user. Either this or a private key.',
          minLength: 1,
          airbyte_secret: true,
          order: 1,
          examples: ['${SFTP_PASSWORD}'],
        },
        private_key: {
          type: 'string',
          title: 'Private key',
          description:
            "Its text, without a passphrase. Left out, and without a password, it is one of ssh's own: an agent's, or one of ~/.ssh.",
          minLength: 1,
          airbyte_secret: true,
          multiline: true,
          order: 2,
          examples: ['${SFTP_KEY}'],
        },
        known_hosts: {
          type: 'string',
          title: 'Known servers',
          description:
            "A file with the keys of servers that are trusted, relative to the project. Left out, it is ssh's own. A server that is in none is written down at the first connection; one whose key has changed is refused.",
          minLength: 1,
          order: 3,
          examples: ['ssh/known_hosts'],
        },
      },
    },
  },
}
