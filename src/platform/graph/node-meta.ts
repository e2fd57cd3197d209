import { z } from 'zod'
import type { MillraceError } from '../../base/index.js'
import { type AssetSpec, freshness, type StepSpec, when } from '../../orchestrate/index.js'
import type { ManifestNode } from '../../transform/index.js'
import { platformErrors } from '../errors.js'
import { type ModelPartitions, modelPartitionsSchema } from './partitions/model-partitions.js'

const cron = z.string().min(1)

/** `meta.millrace` of a model, seed or snapshot. */
const ownSchema = z.strictObject({
  pool: z.string().min(1).optional(),
  partitions: modelPartitionsSchema.optional(),
  automation: z
    .union([z.enum(['eager', 'on_missing']), z.strictObject({ on_cron: cron, timezone: z.string().optional() })])
    .optional(),
  freshness: z
    .union([
      z.strictObject({ fail: z.string(), warn: z.string().optional() }),
      z.strictObject({ deadline: cron, lower_bound: z.string(), timezone: z.string().optional() }),
    ])
    .optional(),
})

/** What people who come from Dagster have written already; other keys there are Dagster's own business. */
const dagsterSchema = z.object({
  automation_condition: z
    .union([
      z.object({ type: z.enum(['eager', 'on_missing']) }),
      z.object({ type: z.literal('on_cron'), cron_schedule: cron, cron_timezone: z.string().optional() }),
    ])
    .optional(),
})

/** What a node says of how and when it is made. */
export type NodeMeta = Pick<AssetSpec, 'condition' | 'freshness'> &
  Pick<StepSpec, 'pool'> & { readonly partitions?: ModelPartitions }

/** What the meta of a dbt node says to Millrace. @throws DBT_META_INVALID */
export function nodeMeta(node: ManifestNode, file: string): NodeMeta {
  const { millrace, dagster } = { ...node.meta, ...node.config.meta } as Record<string, unknown>
  if (millrace === undefined && dagster === undefined) return {}
  try {
    const own = ownSchema.parse(millrace ?? {})
    const { automation_condition: foreign } = dagsterSchema.parse(dagster ?? {})
    const condition = ownCondition(own.automation) ?? dagsterCondition(foreign)
    const policy = policyOf(own.freshness)
    return {
      ...(condition ? { condition: condition.spec } : {}),
      ...(policy ? { freshness: policy } : {}),
      ...(own.pool === undefined ? {} : { pool: own.pool }),
      ...(own.partitions === undefined ? {} : { partitions: own.partitions }),
    }
  } catch (thrown) {
    throw metaInvalid(node, file, thrown)
  }
}

type Own = z.infer<typeof ownSchema>

function ownCondition(automation: Own['automation']) {
  if (automation === undefined) return undefined
  if (automation === 'eager') return when.eager()
  return automation === 'on_missing' ? when.onMissing() : when.onCron(automation.on_cron, automation.timezone)
}

function dagsterCondition(condition: z.infer<typeof dagsterSchema>['automation_condition']) {
  if (!condition) return undefined
  if (condition.type === 'on_cron') return when.onCron(condition.cron_schedule, condition.cron_timezone)
  return condition.type === 'eager' ? when.eager() : when.onMissing()
}

function policyOf(policy: Own['freshness']) {
  if (!policy) return undefined
  if ('fail' in policy)
    return freshness.timeWindow({ fail: policy.fail, ...(policy.warn === undefined ? {} : { warn: policy.warn }) })
  const { deadline, lower_bound: lowerBound, timezone } = policy
  return freshness.cron({ deadline, lowerBound, ...(timezone === undefined ? {} : { timezone }) })
}

export function metaInvalid(node: ManifestNode, file: string, thrown: unknown): MillraceError {
  const what =
    thrown instanceof z.ZodError
      ? `${thrown.issues[0]?.path.join('.') ?? ''}: ${thrown.issues[0]?.message ?? 'not valid'}`
      : (thrown as Error).message
  return platformErrors.create('DBT_META_INVALID', {
    message: `The meta of ${node.unique_id} is not understood: ${what}`,
    hint: 'For example: meta: {millrace: {automation: eager, freshness: {fail: 36h, warn: 24h}}}; docs/automation.md and docs/transform.md have all of it.',
    at: { file },
    cause: thrown,
  })
}
