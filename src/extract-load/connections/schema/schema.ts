import { z } from 'zod'
import { neededFields } from '../../fields/nested-paths.js'
import { unselected } from '../../fields/selection.js'
import { fieldsOfMappers, mapperProblem, mapperSchema } from './mapper-schema.js'
import { streamPartitionsSchema } from './partitions-schema.js'

const fieldPath = z.union([z.string().transform((name) => [name]), z.array(z.string()).min(1)])

export const streamSchema = z
  .strictObject({
    sync_mode: z.enum(['full_refresh', 'incremental']).default('full_refresh'),
    destination_sync_mode: z.enum(['overwrite', 'append', 'append_dedup', 'overwrite_dedup']).optional(),
    cursor_field: fieldPath.optional(),
    primary_key: z.union([z.string().transform((name) => [[name]]), z.array(fieldPath).min(1)]).optional(),
    fields: z.array(z.string().min(1)).min(1, 'names no field; leave it out to load all of them').optional(),
    mappers: z.array(mapperSchema).optional(),
    partitions: streamPartitionsSchema.optional(),
    backfill_new_columns: z.boolean().optional(),
    include_files: z.boolean().optional(),
    schema: z.string().min(1).optional(),
    table: z.string().min(1).optional(),
  })
  .refine((stream) => !stream.destination_sync_mode?.endsWith('dedup') || stream.primary_key !== undefined, {
    path: ['destination_sync_mode'],
    message: 'needs a `primary_key`: rows are deduplicated by it',
  })
  .superRefine((stream, { addIssue }) => {
    const { fields, mappers } = stream
    const named = { primaryKey: stream.primary_key, cursorField: stream.cursor_field }
    const problem = mapperProblem({ mappers, ...named })
    if (problem) addIssue({ code: 'custom', path: [...problem.path], message: problem.message })
    const missing = unselected({ fields }, [...neededFields(named), ...fieldsOfMappers(mappers)])
    if (missing === undefined) return
    const primaryKey = neededFields({ primaryKey: stream.primary_key })
    const use =
      missing === stream.cursor_field?.[0]
        ? '`cursor_field`'
        : primaryKey.includes(missing)
          ? 'part of `primary_key`'
          : 'used by a mapper'
    addIssue({ code: 'custom', path: ['fields'], message: `lacks \`${missing}\`, which is ${use}` })
  })

const mostSeconds = 20 * 24 * 3600
const seconds = (usual: number) => z.number().positive().max(mostSeconds).default(usual)
const attempts = (usual: number) => z.int().min(1).default(usual)

/** The names, and what is usual, are those of Airbyte's settings `SYNC_JOB_RETRIES_…`. */
const retriesSchema = z.strictObject({
  complete_failures_max_successive: attempts(5),
  complete_failures_max_total: attempts(10),
  partial_failures_max_total: attempts(20),
  backoff_min_seconds: seconds(10),
  backoff_max_seconds: seconds(1800),
  backoff_base: z.number().min(1).default(3),
})

const timeoutsSchema = z.strictObject({
  source_seconds: seconds(5400),
  destination_seconds: seconds(86_400),
  sync_seconds: seconds(3 * 86_400),
})

const scheduleSchema = z.strictObject({
  cron: z.union([z.string(), z.array(z.string()).min(1)]),
  timezone: z.string().default('UTC'),
  auto_disable: z
    .union([
      z.literal(false),
      z.strictObject({ failed_syncs: z.int().min(2).default(30), days: z.number().positive().default(7) }),
    ])
    .prefault({}),
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
  schema_changes: z.enum(['ignore', 'pause', 'propagate_columns', 'propagate_fully']).default('propagate_columns'),
  backfill_new_columns: z.boolean().default(false),
  schedule: scheduleSchema.optional(),
  pool: z.string().min(1).optional(),
  retries: retriesSchema.prefault({}),
  timeouts: timeoutsSchema.prefault({}),
})
