import type { z } from 'zod'
import { invalid } from './require.js'

/** A schema of zod 4, whichever copy of it made it. */
export type ConfigSchema = z.core.$ZodType

/** What the context of something with a config has besides. */
export type ConfigPart<C extends ConfigSchema | undefined> = C extends ConfigSchema
  ? { readonly config: z.core.output<C> }
  : unknown

/** @throws DEFINITIONS_INVALID */
export function requireConfig(what: string, schema: unknown): void {
  if (schema === undefined) return
  const { _zod: zod } = (schema ?? {}) as { _zod?: { def?: { type?: unknown } } }
  if (zod?.def?.type === 'object') return
  throw invalid(
    `The config of ${what.replace('The', 'the')} is not an object schema of zod 4.`,
    "Write it as config: z.object({ days: z.number().default(7) }), with z from 'millrace' or from 'zod'.",
  )
}
