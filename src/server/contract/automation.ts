import { z } from 'zod'
import { runSummarySchema } from './runs.js'
import { errorSchema } from './shared.js'

export const tickSchema = z.object({
  id: z.string(),
  automation: z.string(),
  automationType: z.enum(['schedule', 'sensor']),
  at: z.string(),
  status: z.enum(['started', 'requested', 'skipped', 'failed']),
  reason: z.string().optional(),
  runIds: z.array(z.string()),
  error: errorSchema.optional(),
  durationMs: z.number().optional(),
})
export type TickView = z.infer<typeof tickSchema>

export const automationSchema = z.object({
  name: z.string(),
  type: z.enum(['schedule', 'sensor']),
  description: z.string(),
  target: z.string(),
  isOn: z.boolean(),
  /** schedules */
  cron: z.string().optional(),
  timezone: z.string().optional(),
  nextTicks: z.array(z.string()),
  /** sensors */
  intervalMs: z.number().optional(),
  cursor: z.unknown().optional(),
  /** What a run of the target would bring up to date; absent while the target selects nothing. */
  targetAssets: z.number().optional(),
  /** The runs that it started, newest first, at most 20. */
  runs: z.array(runSummarySchema),
  /** Newest first, at most 50. */
  ticks: z.array(tickSchema),
})
export type AutomationView = z.infer<typeof automationSchema>

/** GET /api/automation */
export const automationsSchema = z.object({ automations: z.array(automationSchema) })
/** GET /api/automation/:name/ticks?before=&limit= */
export const ticksSchema = z.object({ ticks: z.array(tickSchema), hasMore: z.boolean() })
/** PUT /api/automation/:name */
export const automationChangeSchema = z.object({ isOn: z.boolean() })
/** POST /api/automation/:name/test · evaluates without requesting anything. */
export const testTickSchema = z.object({
  status: z.enum(['requested', 'skipped', 'failed']),
  reason: z.string().optional(),
  selections: z.array(z.string()),
  /** What each selection would run. */
  plans: z.array(z.object({ selection: z.string(), assets: z.number(), checks: z.number() })),
  /** When a schedule would really fire next. */
  nextAt: z.string().optional(),
  durationMs: z.number(),
  error: errorSchema.optional(),
})
export type TestTick = z.infer<typeof testTickSchema>
