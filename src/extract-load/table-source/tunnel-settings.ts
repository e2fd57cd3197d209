import { z } from 'zod'
import type { JsonSchema } from '../contract.js'

const server = {
  tunnel_host: z.string().min(1),
  tunnel_port: z.number().int().min(1).max(65_535).default(22),
  tunnel_user: z.string().min(1),
  tunnel_known_hosts: z.string().min(1).optional(),
}

/** Airbyte's names, for every database. */
export const tunnelSchema = z
  .discriminatedUnion('tunnel_method', [
    z.strictObject({ tunnel_method: z.literal('NO_TUNNEL') }),
    z.strictObject({ tunnel_method: z.literal('SSH_KEY_AUTH'), ...server, ssh_key: z.string().min(1).optional() }),
    z.strictObject({
      tunnel_method: z.literal('SSH_PASSWORD_AUTH'),
      ...server,
      tunnel_user_password: z.string().min(1),
    }),
  ])
  .default({ tunnel_method: 'NO_TUNNEL' })
export type TunnelSettings = z.output<typeof tunnelSchema>
export type SshSettings = Exclude<TunnelSettings, { tunnel_method: 'NO_TUNNEL' }>

const serverProperties = {
  tunnel_host: {
    type: 'string',
    title: 'SSH server',
    description: 'The machine that reaches the database.',
    minLength: 1,
    order: 1,
    examples: ['bastion.example.com'],
  },
  tunnel_port: {
    type: 'integer',
    title: 'SSH port',
    description: 'Where it listens.',
    minimum: 1,
    maximum: 65_535,
    default: 22,
    order: 2,
    examples: [2222],
  },
  tunnel_user: {
    type: 'string',
    title: 'SSH user',
    description: 'Who logs in there; needs to forward connections and nothing else.',
    minLength: 1,
    order: 3,
    examples: ['tunnel'],
  },
  tunnel_known_hosts: {
    type: 'string',
    title: 'Known servers',
    description:
      "A file with the keys of servers that are trusted. Left out, it is ssh's own; a server that is in none is written down at the first connection.",
    order: 5,
    examples: ['ssh/known_hosts'],
  },
}

const way = (
  method: string,
  title: string,
  { description, required = [], properties = {} }: { description: string; required?: string[]; properties?: object },
) => ({
  type: 'object',
  title,
  description,
  required: ['tunnel_method', ...required],
  additionalProperties: false,
  properties: { tunnel_method: { type: 'string', const: method, order: 0 }, ...properties },
})

/** What people and forms are told about `tunnel_method`. */
export const tunnelSpec = (order: number): JsonSchema => ({
  type: 'object',
  title: 'SSH tunnel',
  description: 'How the database is reached, where it cannot be reached directly.',
  order,
  default: { tunnel_method: 'NO_TUNNEL' },
  examples: [{ tunnel_method: 'SSH_KEY_AUTH', tunnel_host: 'bastion.example.com', tunnel_user: 'tunnel' }],
  oneOf: [
    way('NO_TUNNEL', 'No tunnel', { description: 'The database is reached directly.' }),
    way('SSH_KEY_AUTH', 'SSH with a key', {
      description: 'By way of a server where a private key logs in.',
      required: ['tunnel_host', 'tunnel_user'],
      properties: {
        ...serverProperties,
        ssh_key: {
          type: 'string',
          title: 'Private key',
          description: "Its text. Left out, it is one of ssh's own: an agent's, or one of ~/.ssh.",
          airbyte_secret: true,
          multiline: true,
          order: 4,
          examples: ['${SSH_KEY}'],
        },
      },
    }),
    way('SSH_PASSWORD_AUTH', 'SSH with a password', {
      description: 'By way of a server where a password logs in.',
      required: ['tunnel_host', 'tunnel_user', 'tunnel_user_password'],
      properties: {
        ...serverProperties,
        tunnel_user_password: {
          type: 'string',
          title: 'SSH password',
          description: 'Of the user there.',
          minLength: 1,
          airbyte_secret: true,
          order: 4,
          examples: ['${SSH_PASSWORD}'],
        },
      },
    }),
  ],
})
