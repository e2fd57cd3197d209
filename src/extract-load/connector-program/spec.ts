import type { JsonSchema } from '../contract.js'
import type { ProgramRole } from '../program-error.js'

const examples: Readonly<Record<ProgramRole, { image: string; command: string; config: object }>> = {
  source: { image: 'airbyte/source-faker:6.2.38', command: 'source-faker', config: { count: 1000 } },
  destination: {
    image: 'airbyte/destination-postgres:3.0.5',
    command: 'destination-pgvector',
    config: { host: 'db', password: '${SHOP_PASSWORD}' },
  },
}

/** What people and forms are told about the settings; `programSettingsSchema` is what holds. A test ties the two. */
export function programSettingsSpec(role: ProgramRole): JsonSchema {
  const { image, command, config } = examples[role]
  return {
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
        examples: [image],
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
        examples: [command, [`.venv/bin/${command}`]],
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
        examples: [config],
      },
      heartbeat_seconds: {
        type: 'number',
        title: 'Heartbeat',
        description:
          role === 'source'
            ? 'How long the connector may write nothing before it is taken for dead.'
            : 'How long the connector may neither take rows nor write anything before it is taken for dead.',
        exclusiveMinimum: 0,
        default: 5400,
        order: 4,
        examples: [600],
      },
    },
  }
}
