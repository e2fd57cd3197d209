import { z } from 'zod'
import { assetHealthSchema, runStatusSchema } from './shared.js'

/** One thing that was found; `type` says which page shows it. */
export const searchHitSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('asset'),
    key: z.string(),
    kind: z.string(),
    description: z.string(),
    health: assetHealthSchema.optional(),
    isExecutable: z.boolean(),
  }),
  z.object({
    type: z.literal('column'),
    asset: z.string(),
    column: z.string(),
    dataType: z.string().optional(),
    description: z.string(),
  }),
  z.object({ type: z.literal('connection'), name: z.string(), source: z.string(), streams: z.array(z.string()) }),
  z.object({
    type: z.literal('automation'),
    name: z.string(),
    kind: z.enum(['schedule', 'sensor', 'automation']),
    target: z.string(),
  }),
  z.object({
    type: z.literal('run'),
    id: z.string(),
    selection: z.string(),
    status: runStatusSchema,
    createdAt: z.string(),
  }),
])
export type SearchHit = z.infer<typeof searchHitSchema>

/** GET /api/search?q=…&limit=… · best first */
export const searchSchema = z.object({ hits: z.array(searchHitSchema) })
export type SearchAnswer = z.infer<typeof searchSchema>
