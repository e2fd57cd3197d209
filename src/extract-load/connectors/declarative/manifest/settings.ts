import { z } from 'zod'
import type { JsonSchema } from '../../../contract.js'
import { readSettings } from '../../read-settings.js'

export const declarativeSettingsSchema = z.strictObject({
  manifest: z
    .string()
    .min(1)
    .refine((path) => !/^[a-z][a-z0-9+.-]*:/i.test(path), {
      message:
        'must be the path of a file of the project: `millrace connectors add` brings a manifest from an address or a package into it',
    }),
  config: z.record(z.string(), z.unknown()).default({}),
  allows_private_addresses: z.boolean().default(false),
})

export type DeclarativeSettings = z.output<typeof declarativeSettingsSchema>

/** @param file the connection's @throws CONNECTION_INVALID */
export const readDeclarativeSettings = (config: Readonly<Record<string, unknown>>, file: string): DeclarativeSettings =>
  readSettings('declarative', declarativeSettingsSchema, config, file)

/** What people and forms are told about the settings; `declarativeSettingsSchema` is what holds. A test ties the two. */
export const declarativeSettingsSpec: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Declarative connector',
  type: 'object',
  required: ['manifest'],
  additionalProperties: false,
  properties: {
    manifest: {
      type: 'string',
      title: 'Manifest',
      description: 'The path of a manifest of this project, relative to the folder of millrace.yaml.',
      minLength: 1,
      order: 0,
      examples: ['extract_load/manifests/shop.yaml'],
    },
    config: {
      type: 'object',
      title: 'Settings',
      description: 'What the manifest asks for in its `spec`.',
      additionalProperties: true,
      default: {},
      order: 1,
      examples: [{ token: '${SHOP_TOKEN}' }],
    },
    allows_private_addresses: {
      type: 'boolean',
      title: 'Private addresses',
      description:
        'For a manifest that came from outside this project: only with this may it ask for addresses inside a private network.',
      default: false,
      order: 2,
      examples: [true],
    },
  },
}
