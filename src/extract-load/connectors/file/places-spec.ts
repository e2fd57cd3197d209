import { s3Properties } from '../../remote-files/s3/s3-settings.js'

/** What people and forms are told about the settings of the places that files are read from; `placesSchema` is what holds. */
export const placesProperties = {
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
}
