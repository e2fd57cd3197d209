import { z } from 'zod'
import { runSummarySchema } from './runs.js'
import { errorSchema } from './shared.js'

export const tickSchema = z.object({
  id: z.string(),
  automation: z.string(),
  automationType: z.enum(['schedule', 'sensor', 'automation']),
  at: z.string(),
  status: z.enum(['started', 'requested', 'skipped', 'failed']),
  reason: z.string().optional(),
  /** How many runs it requested, and the first of them, at most 10. */
  runCount: z.number(),
  runIds: z.array(z.string()),
  error: errorSchema.optional(),
  durationMs: z.number().optional(),
})
export type TickView = z.infer<typeof tickSchema>

export const automationSchema = z.object({
  name: z.string(),
  type: z.enum(['schedule', 'sensor', 'automation']),
  description: z.string(),
  /** Empty for the assets that have a condition of their own. */
  target: z.string(),
  isOn: z.boolean(),
  /** schedules */
  /** One expression, or several of which any is enough. */
  cron: z.array(z.string()).optional(),
  timezone: z.string().optional(),
  nextTicks: z.array(z.string()),
  /** sensors */
  intervalMs: z.number().optional(),
  /** Sensors that are told: where, and whether the server has the secret. */
  webhook: z
    .object({
      /** Without host, unless the server knows by which it is reached. */
      address: z.string(),
      secret: z.string(),
      hasSecret: z.boolean(),
    })
    .optional(),
  /** Sensors that are told what happens in the project: of what, in words. */
  monitored: z.string().optional(),
  /** The asset that others make, of one that only looks at it. */
  observes: z.string().optional(),
  cursor: z.unknown().optional(),
  /** Since when its ticks fail, and how the last one did. */
  failure: z.object({ since: z.string(), message: z.string() }).optional(),
  /** automations: what their conditions are called, each with how many assets have it. */
  conditions: z.array(z.object({ label: z.string(), assets: z.number() })).optional(),
  /** When they were evaluated last. */
  evaluatedAt: z.string().optional(),
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
/** GET /api/automation/names · without a look at what became of them */
export const automationNamesSchema = z.object({ names: z.array(z.string()) })
export type AutomationNames = z.infer<typeof automationNamesSchema>
/** GET /api/automation/:name/ticks?before=&limit= */
export const ticksSchema = z.object({ ticks: z.array(tickSchema), hasMore: z.boolean() })
/** POST /api/hooks/:name */
export const deliveryAnswerSchema = z.object({
  delivery: z.string(),
  /** `waiting`: it is kept, and looked at when the engine can. */
  status: z.enum(['requested', 'skipped', 'failed', 'waiting']),
  runIds: z.array(z.string()),
  /** It was sent before: these are the runs of then. */
  isRepeated: z.boolean(),
})
export type DeliveryAnswer = z.infer<typeof deliveryAnswerSchema>
/** PUT /api/automation/:name */
export const automationChangeSchema = z.object({ isOn: z.boolean() })
/** PUT /api/automation/:name/cursor · what a sensor is given at its next tick. */
export const cursorChangeSchema = z.object({ cursor: z.json() })
/** DELETE: it stands as if it were new. */
export const cursorResetSchema = z.object({})
const testedRunSchema = z.object({
  selection: z.string(),
  partitions: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  config: z.record(z.string(), z.json()).optional(),
  /** A sensor's own key for it. */
  key: z.string().optional(),
  /** It was requested before, with that key, and is not again. */
  runId: z.string().optional(),
  assets: z.number(),
  checks: z.number(),
})
export type TestedRunView = z.infer<typeof testedRunSchema>

/** POST /api/automation/:name/test · evaluates without requesting anything. */
export const testTickSchema = z.object({
  status: z.enum(['requested', 'skipped', 'failed']),
  reason: z.string().optional(),
  /** How many runs it asks for, how many of these are new, and the first of them, at most 50. */
  runCount: z.number(),
  newRuns: z.number(),
  runs: z.array(testedRunSchema),
  /** What a sensor would be given at its next tick. */
  cursor: z.json().optional(),
  /** When a schedule would really fire next. */
  nextAt: z.string().optional(),
  durationMs: z.number(),
  error: errorSchema.optional(),
})
export type TestTick = z.infer<typeof testTickSchema>

export interface ConditionNodeView {
  text: string
  label?: string | undefined
  /** The asset or check that was asked, where that is another one. */
  of?: string | undefined
  /** For how many partitions it holds, of how many it was asked; without partitions 1 of 1. */
  held: number
  asked: number
  partitions?: string | undefined
  children?: ConditionNodeView[] | undefined
  /** So many more were asked, with an answer that decides nothing. */
  others?: number | undefined
}
export const conditionNodeSchema: z.ZodType<ConditionNodeView> = z.object({
  text: z.string(),
  label: z.string().optional(),
  of: z.string().optional(),
  held: z.number(),
  asked: z.number(),
  partitions: z.string().optional(),
  get children() {
    return z.array(conditionNodeSchema).optional()
  },
  others: z.number().optional(),
})
export const conditionEvaluationSchema = z.object({
  at: z.string(),
  tree: conditionNodeSchema,
  isRequested: z.boolean(),
  partitions: z.string().optional(),
  runId: z.string().optional(),
})
export type ConditionEvaluationView = z.infer<typeof conditionEvaluationSchema>

/** GET /api/assets/:key/conditions · why it was, or was not, requested. */
export const assetConditionsSchema = z.object({
  automation: z.string(),
  isOn: z.boolean(),
  /** When all conditions were evaluated last; what was found then is the first of the evaluations. */
  evaluatedAt: z.string().optional(),
  /** Newest first: each time that something else was found, at most 50. */
  evaluations: z.array(conditionEvaluationSchema),
})
export type AssetConditions = z.infer<typeof assetConditionsSchema>
