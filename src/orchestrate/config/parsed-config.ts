import { z } from 'zod'
import type { AssetKey } from '../contract/index.js'
import { configInvalid } from './check-run-config.js'
import { issueTexts, jsonSchemaOf, unknownFields } from './config-problems.js'

/** A config as the user's schema makes it, with defaults. @throws CONFIG_INVALID */
export async function parsedConfig(asset: AssetKey, schema: z.core.$ZodType, given: unknown): Promise<unknown> {
  const value = given ?? {}
  const described = jsonSchemaOf(schema)
  const unknown = unknownFields(described, value)
  if (unknown.length > 0) throw configInvalid(asset, unknown, described)
  const parsed = await z.safeParseAsync(schema, value)
  if (!parsed.success) throw configInvalid(asset, issueTexts(parsed.error.issues, value), described)
  return parsed.data
}
