import { z } from 'zod'

export const errorSchema = z.object({
  code: z.string(),
  kind: z.enum(['user', 'external', 'bug']),
  retryable: z.boolean(),
  message: z.string(),
  hint: z.string().optional(),
  at: z.object({ file: z.string(), line: z.number().optional(), column: z.number().optional() }).optional(),
  frame: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
})
export type ApiError = z.infer<typeof errorSchema>

/** A line of a comparison: in both texts, only in the former, or only in the later one. */
export const diffLineSchema = z.object({ sign: z.enum([' ', '-', '+']), text: z.string() })
export type DiffLineView = z.infer<typeof diffLineSchema>

export const metadataValueSchema = z.union([
  z.null(),
  z.boolean(),
  z.number(),
  z.string(),
  z.object({ type: z.literal('markdown'), text: z.string() }),
  z.object({ type: z.literal('url'), url: z.string() }),
  z.object({ type: z.literal('path'), path: z.string() }),
  z.object({ type: z.literal('json'), value: z.unknown() }),
  z.object({ type: z.literal('sql'), text: z.string() }),
  z.object({
    type: z.literal('table'),
    rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).readonly()).readonly(),
  }),
  z.object({
    type: z.literal('columns'),
    columns: z.array(z.object({ name: z.string(), type: z.string() })).readonly(),
  }),
])
export const metadataSchema = z.record(z.string(), metadataValueSchema)
export type ApiMetadata = z.infer<typeof metadataSchema>

/** A table of exact values: integers beyond 2^53 and decimals come as strings. */
export const tableSchema = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string(), kind: z.string() })),
  rows: z.array(z.array(z.unknown())),
  truncated: z.boolean(),
  rowsAffected: z.number().optional(),
  durationMs: z.number(),
})
export type ApiTable = z.infer<typeof tableSchema>

/** Who claims runs, on whatever machine, and how many more may go on. */
export const slotsSchema = z.object({
  workers: z.number(),
  /** Workers that were not heard of for a while. */
  lost: z.number(),
  total: z.number(),
  taken: z.number(),
})

export const runStatusSchema = z.enum([
  'queued',
  'starting',
  'running',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
])
export type ApiRunStatus = z.infer<typeof runStatusSchema>
export const stepStatusSchema = z.enum([
  'pending',
  'waiting',
  'running',
  'retrying',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
])
export type ApiStepStatus = z.infer<typeof stepStatusSchema>

/** What a person sees of an asset at a glance. `stale` = an upstream is newer or stale itself, or the code changed since. */
export const assetHealthSchema = z.enum(['never', 'running', 'fresh', 'stale', 'warning', 'failed', 'external'])
export type AssetHealth = z.infer<typeof assetHealthSchema>
