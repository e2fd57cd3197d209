import type { MillraceError } from '../../../base/index.js'
import { PyDict } from '../../../jinja/index.js'
import type { Adapter } from '../../adapter/adapter.js'
import { sourceRelation } from '../../adapter/node-relation.js'
import { AdapterResponse } from '../../adapter/response.js'
import { AgateTable } from '../../adapter/table.js'
import type { NodeContext } from '../../context/node-context.js'
import type { ManifestNode, ManifestSource } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { FreshnessCriteria, Threshold } from '../../parse/resources/freshness-criteria.js'
import { resultMessage } from '../results/located-error.js'
import { locatedFreshness } from '../results/located-freshness.js'
import { timed } from '../results/node-result.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import type { Session } from './session.js'

export type FreshnessStatus = 'pass' | 'warn' | 'error' | 'runtime error'

/** One row of sources.json (v3). */
export interface FreshnessResult {
  readonly unique_id: string
  readonly status: FreshnessStatus
  readonly max_loaded_at?: string
  readonly snapshotted_at?: string
  readonly max_loaded_at_time_ago_in_s?: number
  readonly criteria?: FreshnessCriteria
  readonly adapter_response?: Record<string, unknown>
  readonly timing?: readonly unknown[]
  readonly thread_id?: string
  readonly execution_time?: number
  /** Why it could not be asked. */
  readonly error?: string
}

/** Asks the warehouse for a source's latest row. Never throws: what went wrong is a result. */
export async function sourceFreshness(
  session: Session,
  source: ManifestSource,
  run: RunnerOptions & { readonly threadId: string },
): Promise<{ readonly result: FreshnessResult; readonly error?: MillraceError }> {
  const started = new Date()
  const node = { ...source, alias: source.identifier, raw_code: '', refs: [], sources: [] } as unknown as ManifestNode
  const runner = session.runner({ ...node, depends_on: { nodes: [], macros: [] } }, run)
  try {
    const { max, now, response } = await runner.withContext((context, adapter) =>
      latest(source, session, context, adapter),
    )
    const ageSeconds = (now.getTime() - max.getTime()) / 1000
    const criteria = source.freshness as unknown as FreshnessCriteria
    return {
      result: {
        unique_id: source.unique_id,
        max_loaded_at: timeText(max),
        snapshotted_at: timeText(now),
        max_loaded_at_time_ago_in_s: ageSeconds,
        status: statusOf(ageSeconds, criteria),
        criteria,
        adapter_response: response,
        thread_id: run.threadId,
        ...timed(started, started, new Date()),
      },
    }
  } catch (thrown) {
    const error = locatedFreshness(thrown, source, runner.lastSql, session.project.packages)
    const message = resultMessage(error, source, session.target.type)
    return { result: { unique_id: source.unique_id, status: 'runtime error', error: message }, error }
  }
}

/** As dbt writes times with a zone: `2024-09-17T16:06:00+00:00`, a fraction only where there is one. */
const timeText = (time: Date): string => time.toISOString().replace(/(?:\.000|(?<=\.\d{3}))Z$/, '+00:00')

async function latest(
  source: ManifestSource,
  { project: { relations, invocation }, target }: Session,
  context: NodeContext,
  adapter: Adapter,
): Promise<{ max: Date; now: Date; response: Record<string, unknown> }> {
  const { loaded_at_field, loaded_at_query, freshness } = source
  const filter = (freshness as FreshnessCriteria | null)?.filter ?? null
  const relation = sourceRelation(relations, source)
  const render = context.get('render') as (text: string) => Promise<string>
  const query = loaded_at_query ? await render(loaded_at_query) : null
  const answer =
    query === null
      ? await adapter.runMacro('collect_freshness', relation, field(source, loaded_at_field, target.type), filter)
      : await adapter.runMacro('collect_freshness_custom_sql', relation, query)
  const table = answer instanceof PyDict ? answer.get('table') : answer
  // As the macro was to be written before dbt 1.5.
  if (answer instanceof AgateTable) invocation.events?.warn('CollectFreshnessReturnSignature', {})
  const [row] = table instanceof AgateTable ? table.rows : []
  const now = dateOf(row?.values[1]) ?? new Date()
  // A table without rows was never loaded; dbt counts from the first second of the calendar too.
  const max = dateOf(row?.values[0]) ?? new Date('0001-01-01T00:00:00Z')
  const response = answer instanceof PyDict ? answer.get('response') : undefined
  return { max, now, response: response instanceof AdapterResponse ? response.toRecord() : {} }
}

/** No engine here keeps, in a way that can be trusted, when a table was last changed. */
function field({ name }: ManifestSource, loadedAt: string | null, type: string): string {
  if (loadedAt !== null) return loadedAt
  throw transformErrors.create('TRANSFORM_COMMAND', {
    message: `Could not compute freshness for source ${name}: no 'loaded_at_field' provided and ${type} adapter does not support metadata-based freshness checks.`,
    hint: 'Name the column that says when a row was loaded, or give a `loaded_at_query`.',
  })
}

/** Times come as the warehouse prints them; without a zone they are UTC. */
function dateOf(value: unknown): Date | undefined {
  if (value === null || value === undefined) return undefined
  if (value instanceof Date) return value
  const printable = value as { pythonStr?: () => string }
  const text = typeof printable.pythonStr === 'function' ? printable.pythonStr() : String(value)
  const iso = text.trim().replace(' ', 'T')
  const hasZone = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/.test(iso.slice(10))
  const date = new Date(
    hasZone ? iso.replace(/([+-]\d{2})$/, '$1:00') : `${iso}${iso.length === 10 ? 'T00:00:00' : ''}Z`,
  )
  if (!Number.isNaN(date.getTime())) return date
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message: `The column of \`loaded_at_field\` answers ${JSON.stringify(text)}, which is no time.`,
    hint: 'Cast it: loaded_at_field: "cast(loaded_at as timestamp)".',
    data: { dbtType: 'Database' },
  })
}

const secondsOf = { minute: 60, hour: 3600, day: 86_400 } as const

function statusOf(ageSeconds: number, { warn_after, error_after }: FreshnessCriteria): FreshnessStatus {
  const isOver = (threshold: Threshold | null) =>
    threshold?.count != null && threshold.period !== null && ageSeconds > threshold.count * secondsOf[threshold.period]
  return isOver(error_after) ? 'error' : isOver(warn_after) ? 'warn' : 'pass'
}
