import {
  type AutomationState,
  type Definitions,
  type FailedPartition,
  type LoadedInHour,
  type Run,
  type RunEvent,
  type RunStatus,
  switches,
} from '../../orchestrate/index.js'
import type { AssetHealth, AssetSummary, Overview } from '../contract/index.js'
import { type AssetStates, assetSummaries, checkSummaries } from './assets.js'
import { lateAssets, targetOf } from './lateness.js'
import { runSummary } from './runs.js'
import { upcomingTicks } from './schedules.js'

export const hourMs = 3_600_000
const hoursShown = 24
const listed = 50
const upcomingShown = 10

export interface OverviewFacts {
  readonly definitions: Definitions
  readonly states: AssetStates
  /** Of the past day, and those that have not ended, in any order. */
  readonly runs: readonly Run[]
  /** Of the past day, by status. */
  readonly runCounts: Readonly<Record<RunStatus, number>>
  readonly failedRuns: readonly Run[]
  /** By asset, of those of which partitions failed: the last one that did. */
  readonly failedPartitions: ReadonlyMap<string, FailedPartition>
  readonly automations: readonly AutomationState[]
  /** What syncs brought in, from `movedFrom` on. */
  readonly loaded: readonly LoadedInHour[]
  readonly now: Date
}

/** Is the data all right, and what happens next? */
export function overviewOf({ definitions, states, automations, loaded, now, ...facts }: OverviewFacts): Overview {
  const assets = assetSummaries(definitions, states)
  const isOn = switches(automations)
  const late = lateAssets(definitions, isOn, states, now)
  const failed = assets
    .filter((asset) => asset.health === 'failed')
    .map((asset) => failureOf(definitions, states, asset, facts.failedPartitions.get(asset.key)))
  const stale = assets.filter((asset) => asset.health === 'stale')
  const checks = { passed: 0, warned: 0, failed: 0, unknown: 0 }
  for (const asset of assets)
    for (const key of ['passed', 'warned', 'failed', 'unknown'] as const) checks[key] += asset.checks[key]
  return {
    project: definitions.project,
    groups: groupsOf(assets, late),
    checks,
    runs: newestFirst(facts.runs).map(runSummary),
    runCounts: {
      total: Object.values(facts.runCounts).reduce((sum, count) => sum + count, 0),
      failed: facts.runCounts.failed,
    },
    upcoming: upcomingTicks(definitions, isOn, now, 3)
      .slice(0, upcomingShown)
      .map(({ schedule, at }) => ({
        automation: schedule.name,
        at,
        timezone: schedule.timezone,
        target: schedule.target,
        assets: targetOf(definitions, schedule.target).size,
      })),
    failures: failed.sort((a, b) => ((a.at ?? '') > (b.at ?? '') ? -1 : 1)).slice(0, listed),
    failureCount: failed.length,
    failedRuns: failedRuns(facts.failedRuns),
    failingAutomations: failingAutomations(definitions, automations),
    stale: stale.slice(0, listed).map((asset) => ({
      asset: asset.key,
      reason: asset.healthReason ?? '',
      ...(asset.lastMaterializedAt ? { lastMaterializedAt: asset.lastMaterializedAt } : {}),
    })),
    staleCount: stale.length,
    late: [...late]
      .sort(([, a], [, b]) => (a.dueAt < b.dueAt ? -1 : 1))
      .slice(0, listed)
      .map(([asset, { dueAt, by }]) => {
        const last = states.assets.get(asset)?.lastMaterializedAt
        return { asset, dueAt, by, ...(last ? { lastMaterializedAt: last } : {}) }
      }),
    lateCount: late.size,
    moved: moved(loaded, now),
    problems: [...definitions.problems],
  }
}

/** Each once: one that failed, or goes on, is of the past day, too. Ids sort by time. */
const newestFirst = (runs: readonly Run[]): readonly Run[] =>
  [...new Map(runs.map((run) => [run.id, run])).values()].sort((a, b) => (a.id > b.id ? -1 : 1))

/** It took too long, could not be planned, or nothing could be launched for it: no asset tells of that. */
const failedRuns = (runs: readonly Run[]): Overview['failedRuns'] =>
  runs.map(({ id, selection, partitions, endedAt, createdAt, error }) => ({
    id,
    selection,
    ...(partitions === undefined ? {} : { partitions }),
    at: endedAt ?? createdAt,
    message: error?.message.split('\n')[0] ?? 'The run failed.',
  }))

function failingAutomations(
  { schedules, sensors }: Definitions,
  states: readonly AutomationState[],
): Overview['failingAutomations'] {
  const isOn = switches(states)
  const on = new Set([...schedules, ...sensors].filter(isOn).map(({ name }) => name))
  return states
    .flatMap(({ name, type, failure }) =>
      failure && on.has(name)
        ? [{ name, type, since: failure.since, message: failure.message.split('\n')[0] ?? '' }]
        : [],
    )
    .sort((a, b) => (a.since > b.since ? -1 : 1))
}

function groupsOf(assets: readonly AssetSummary[], late: ReadonlyMap<string, unknown>): Overview['groups'] {
  const groups = new Map<string, Overview['groups'][number]>()
  for (const asset of assets) {
    let group = groups.get(asset.group)
    if (!group) {
      group = { group: asset.group, assets: 0, late: 0, health: { ...noHealth } }
      groups.set(asset.group, group)
    }
    group.assets++
    group.health[asset.health]++
    if (late.has(asset.key)) group.late++
    if (asset.lastMaterializedAt && asset.lastMaterializedAt > (group.lastMaterializedAt ?? ''))
      group.lastMaterializedAt = asset.lastMaterializedAt
  }
  return [...groups.values()]
}
const noHealth: Readonly<Record<AssetHealth, number>> = {
  never: 0,
  running: 0,
  fresh: 0,
  stale: 0,
  warning: 0,
  failed: 0,
  external: 0,
}

/** An asset that could not be made, whole or in part, or one whose checks say that it is wrong. */
function failureOf(
  definitions: Definitions,
  states: AssetStates,
  asset: AssetSummary,
  partition: FailedPartition | undefined,
): Overview['failures'][number] {
  const state = states.assets.get(asset.key)
  if (state?.lastError) {
    return {
      asset: asset.key,
      checks: [],
      ...(asset.lastRunId === undefined ? {} : { runId: asset.lastRunId }),
      ...(state.lastFailedAt === undefined ? {} : { at: state.lastFailedAt }),
      error: state.lastError,
      message: state.lastError.message.split('\n')[0] ?? '',
    }
  }
  const failing = checkSummaries(definitions, asset.key, states).filter((check) => check.status === 'failed')
  const [check] = failing
  // The last run that asked may have found its own partition good.
  const runId = check ? (check.badPartitions?.runId ?? check.runId) : partition?.runId
  const at = check ? check.at : partition?.at
  const words = check?.message?.split('\n')[0]
  const reason = asset.healthReason ?? 'failed'
  return {
    asset: asset.key,
    checks: failing.map((one) => one.name),
    ...(runId === undefined ? {} : { runId }),
    ...(at === undefined ? {} : { at }),
    message: words === undefined ? reason : partition ? `${words}; ${reason}` : words,
  }
}

/** From when on runs are told. */
export const dayBefore = (now: Date) => new Date(now.getTime() - hoursShown * hourMs)

const firstHourOf = (now: Date) => Math.floor(now.getTime() / hourMs) - hoursShown + 1
/** From when on it is counted what syncs brought in. */
export const movedFrom = (now: Date) => new Date(firstHourOf(now) * hourMs)

function moved(loaded: readonly LoadedInHour[], now: Date): Overview['moved'] {
  const byHour = new Map(loaded.map((hour) => [hour.at, hour]))
  const firstHour = firstHourOf(now)
  const hours = Array.from({ length: hoursShown }, (_, hour) => {
    const at = new Date((firstHour + hour) * hourMs).toISOString()
    return { at, rows: byHour.get(at)?.rows ?? 0, bytes: byHour.get(at)?.bytes ?? 0 }
  })
  const sum = (name: 'rows' | 'bytes') => hours.reduce((all, hour) => all + hour[name], 0)
  return { rows: sum('rows'), bytes: sum('bytes'), hours: hours.map(({ at, rows }) => ({ at, rows })) }
}

export const numberOf = (event: RunEvent, name: string): number => {
  const value = event.metadata?.[name]
  return typeof value === 'number' ? value : 0
}
