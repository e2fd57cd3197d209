import { z } from 'zod'

const fieldPath = z.union([z.string().transform((name) => [name]), z.array(z.string()).min(1)])

export const streamSchema = z
  .strictObject({
    sync_mode: z.enum(['full_refresh', 'incremental']).default('full_refresh'),
    destination_sync_mode: z.enum(['overwrite', 'append', 'append_dedup', 'overwrite_dedup']).optional(),
    cursor_field: fieldPath.optional(),
    primary_key: z.union([z.string().transform((name) => [[name]]), z.array(fieldPath).min(1)]).optional(),
  })
  .refine((stream) => !stream.destination_sync_mode?.endsWith('dedup') || stream.primary_key !== undefined, {
    path: ['destination_sync_mode'],
    message: 'needs a `primary_key`: rows are deduplicated by it',
  })

/** The shape of a connection file. Unknown keys are refused. */
export const connectionSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'use letters, digits, - and _; start with a letter'),
  source: z.strictObject({ connector: z.string(), config: z.record(z.string(), z.unknown()).default({}) }),
  destination: z.strictObject({
    connector: z.string().default('warehouse'),
    config: z.record(z.string(), z.unknown()).default({}),
    schema: z.string().min(1).optional(),
    prefix: z.string().default(''),
    cdc_deletes: z.enum(['hard', 'soft']).default('hard'),
  }),
  streams: z.record(z.string(), streamSchema).optional(),
  schedule: z.strictObject({ cron: z.string(), timezone: z.string().default('UTC') }).optional(),
})
