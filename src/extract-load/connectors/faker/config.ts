import { z } from 'zod'
import { readSettings } from '../read-settings.js'

/** As many ids as 31 bits have. */
const mostUsers = 2 ** 31 - 1

/** Airbyte's names. */
export const fakerConfigSchema = z.strictObject({
  count: z.number().int().min(1).max(mostUsers).default(1000),
  seed: z.number().int().default(-1),
  always_updated: z.boolean().default(false),
})
export type FakerConfig = z.output<typeof fakerConfigSchema>

/** @throws CONNECTION_INVALID */
export const readConfig = (config: Readonly<Record<string, unknown>>, file: string): FakerConfig =>
  readSettings('faker', fakerConfigSchema, config, file)
