import { z } from 'zod'
import type { JsonSchema } from '../contract.js'

/** The files of a TLS connection, as every database names them. */
export const certificateShape = {
  ca_certificate: z.string().optional(),
  client_certificate: z.string().optional(),
  client_key: z.string().optional(),
}

const fileSetting = (title: string, order: number, example: string): JsonSchema => ({
  type: 'string',
  title,
  description: 'A file.',
  order,
  examples: [example],
})

interface TlsWords {
  readonly description: string
  /** How the database's own clients call the ways to encrypt. */
  readonly modes: readonly string[]
  readonly usualMode: string
  readonly example: string
  readonly modeExample: string
  readonly order: number
  /** Settings besides those of all. */
  readonly more?: Readonly<Record<string, JsonSchema>>
}

/** What people and forms are told about `ssl_mode`. */
export function tlsSpec({ description, modes, usualMode, example, modeExample, order, more }: TlsWords): JsonSchema {
  return {
    type: 'object',
    title: 'TLS',
    description,
    required: ['mode'],
    additionalProperties: false,
    default: { mode: usualMode },
    order,
    examples: [{ mode: example }],
    properties: {
      mode: {
        type: 'string',
        title: 'Mode',
        description: 'Whether to encrypt, and what to check of the server.',
        enum: modes,
        order: 0,
        examples: [modeExample],
      },
      ca_certificate: fileSetting('Root certificate', 1, 'certs/root.pem'),
      client_certificate: fileSetting('Client certificate', 2, 'certs/client.pem'),
      client_key: fileSetting('Client key', 3, 'certs/client.key'),
      ...more,
    },
  }
}
