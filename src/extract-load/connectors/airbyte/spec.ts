import type { JsonSchema } from '../../contract.js'

/** What people and forms are told about the settings; `airbyteConfigSchema` is what holds. A test ties the two. */
export const airbyteSpec: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Airbyte connector',
  type: 'object',
  required: [],
  oneOf: [
    { title: 'A container image', required: ['image'] },
    { title: 'A program of this machine', required: ['command'] },
  ],
  additionalProperties: false,
  properties: {
    image: {
      type: 'string',
      title: 'Image',
      description: 'A container image of the connector. Needs Docker or Podman on this machine.',
      minLength: 1,
      order: 0,
      examples: ['airbyte/source-faker:6.2.38'],
    },
    command: {
      title: 'Command',
      description:
        'Instead of an image: a program of this machine that speaks the protocol, with its first arguments, such as a connector installed by pip.',
      oneOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
      ],
      order: 1,
      examples: ['source-faker', ['.venv/bin/source-faker']],
    },
    container_engine: {
      type: 'string',
      title: 'Container engine',
      description: 'The command line that runs images.',
      default: 'docker',
      order: 2,
      examples: ['podman'],
    },
    config: {
      type: 'object',
      title: 'Settings',
      description:
        "The connector's own settings; `millrace connectors spec --image <image>` or `--command <command>` shows which there are. Values whose names say that they are secret (password, token, secret, api_key …) are masked in logs.",
      default: {},
      order: 3,
      examples: [{ count: 1000 }],
    },
    heartbeat_seconds: {
      type: 'number',
      title: 'Heartbeat',
      description: 'How long the connector may write nothing before it is taken for dead.',
      exclusiveMinimum: 0,
      default: 5400,
      order: 4,
      examples: [600],
    },
    catalog_max_age_minutes: {
      type: 'number',
      title: 'Age of the catalog',
      description:
        'For how long syncs may go by a catalog that the connector gave before: to ask for it takes some connectors as long as to read. New fields are seen that much later. 0: it is asked by every sync.',
      minimum: 0,
      default: 0,
      order: 5,
      examples: [60],
    },
  },
}
