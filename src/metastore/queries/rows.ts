import type {
  AssetState,
  AutomationState,
  Backfill,
  CheckState,
  ClaimedRun,
  PartitionState,
  Run,
  RunEvent,
  RunStep,
  StepStatus,
  Tick,
} from '../../orchestrate/index.js'

/** A row as the driver gives it: columns by name. */
export type Row = Readonly<Record<string, unknown>>

export const iso = (value: unknown): string | undefined => (value instanceof Date ? value.toISOString() : undefined)
export const optional = <T>(value: unknown): T | undefined =>
  value === null || value === undefined ? undefined : (value as T)

export const emptyCounts: Readonly<Record<StepStatus, number>> = {
  pending: 0,
  waiting: 0,
  running: 0,
  retrying: 0,
  succeeded: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
}

export function toRun(row: Row): Run {
  return {
    id: String(row.id),
    selection: String(row.selection),
    trigger: { type: row.trigger_type as Run['trigger']['type'], name: optional(row.trigger_name) },
    status: row.status as Run['status'],
    priority: Number(row.priority),
    tags: row.tags as Run['tags'],
    partitions: optional(row.partitions),
    asOf: iso(row.as_of),
    config: optional(row.config),
    fullRefresh: row.full_refresh === true,
    clearData: row.clear_data === true,
    runKey: optional(row.run_key),
    sequenceKey: optional(row.sequence_key),
    parentRunId: optional(row.parent_run_id),
    rerun: optional(row.rerun),
    createdAt: iso(row.created_at) as string,
    startedAt: iso(row.started_at),
    endedAt: iso(row.ended_at),
    stepCounts: { ...emptyCounts, ...(row.step_counts as Run['stepCounts']) },
    error: optional(row.error),
    attempt: Number(row.attempt),
    worker: row.lease_until === null ? undefined : optional(row.lease_worker),
    isAbandoned: row.is_abandoned === true,
    traceparent: optional(row.traceparent),
  }
}

/** @param row as whoever took it left it, with the name of that one */
export function toClaimedRun(row: Row, { isResumed }: Pick<ClaimedRun, 'isResumed'>): ClaimedRun {
  const lease = { runId: String(row.id), token: Number(row.lease_token), worker: String(row.lease_worker) }
  return { run: toRun(row), lease, isResumed, workedMs: Number(row.worked_ms) }
}

export function toBackfill(row: Row): Backfill {
  return {
    id: String(row.id),
    selection: String(row.selection),
    partitions: String(row.partitions),
    partitionsPerRun: Number(row.partitions_per_run),
    isSequential: row.is_sequential === true,
    runCount: Number(row.run_count),
    partitionCount: Number(row.partition_count),
    fullRefresh: row.full_refresh === true,
    tags: row.tags as Backfill['tags'],
    status: row.status as Backfill['status'],
    createdAt: iso(row.created_at) as string,
    endedAt: iso(row.ended_at),
    parts: row.parts as Backfill['parts'],
    requestedRuns: Number(row.requested_runs),
    skippedRuns: Number(row.skipped_runs),
    skipped: row.skipped as Backfill['skipped'],
    runs: { ...noRuns, ...(row.runs as Backfill['runs']) },
    error: optional(row.error),
  }
}

export const noRuns: Backfill['runs'] = {
  queued: 0,
  starting: 0,
  running: 0,
  cancelling: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
}

export function toStep(row: Row): RunStep {
  return {
    runId: String(row.run_id),
    key: String(row.key),
    kind: row.kind as RunStep['kind'],
    status: row.status as RunStep['status'],
    attempt: Number(row.attempt),
    assets: row.assets as RunStep['assets'],
    checks: row.checks as RunStep['checks'],
    upstream: row.upstream as RunStep['upstream'],
    startedAt: iso(row.started_at),
    endedAt: iso(row.ended_at),
    error: optional(row.error),
    reason: optional(row.reason),
    waits: row.waits as RunStep['waits'],
    note: optional(row.note),
  }
}

export function toEvent(row: Row): RunEvent {
  return {
    id: Number(row.id),
    at: iso(row.at) as string,
    runId: String(row.run_id),
    type: row.type as RunEvent['type'],
    step: optional(row.step),
    asset: optional(row.asset),
    check: optional(row.check_name),
    partitions: optional(row.partitions),
    level: optional(row.level),
    message: optional(row.message),
    metadata: optional(row.metadata),
    error: optional(row.error),
  }
}

export function toAssetState(row: Row): AssetState {
  return {
    key: String(row.key),
    lastMaterializedAt: iso(row.last_materialized_at),
    lastChangedAt: iso(row.last_changed_at),
    lastRunId: optional(row.last_run_id),
    lastMadeRunId: optional(row.last_made_run_id),
    lastChangedRunId: optional(row.last_changed_run_id),
    lastMetadata: optional(row.last_metadata),
    lastCodeVersion: optional(row.last_code_version),
    lastDataVersion: optional(row.last_data_version),
    lastBeganAt: iso(row.last_began_at),
    lastFailedAt: iso(row.last_failed_at),
    lastError: optional(row.last_error),
  }
}

export function toPartitionState(row: Row): PartitionState {
  return {
    key: String(row.key),
    madeAt: iso(row.made_at),
    failedAt: iso(row.failed_at),
    dataVersion: optional(row.data_version),
    runId: String(row.run_id),
  }
}

export function toCheckState(row: Row): CheckState {
  const count = Number(row.bad_count ?? 0)
  return {
    asset: String(row.asset),
    name: String(row.name),
    // A partition is as good as its last outcome, whichever came last.
    passed: row.passed === true && count === 0,
    severity: count > 0 ? (row.bad_errors === true ? 'error' : 'warn') : (row.severity as CheckState['severity']),
    at: iso(row.at) as string,
    runId: String(row.run_id),
    partitions: optional(row.partitions),
    ...(count > 0 ? { badPartitions: { count, keys: row.bad_keys as string[], runId: String(row.bad_run_id) } } : {}),
    message: optional(row.message),
    metadata: optional(row.metadata),
  }
}

export function toAutomation(row: Row): AutomationState {
  return {
    name: String(row.name),
    type: row.type as AutomationState['type'],
    isOn: row.is_switched === true ? row.is_on === true : undefined,
    turnedOnAt: iso(row.turned_on_at),
    cursor: optional(row.cursor),
    lastTickAt: iso(row.last_tick_at),
    eventId: row.event_id === null ? undefined : Number(row.event_id),
    failure:
      row.failing_since === null
        ? undefined
        : { since: iso(row.failing_since) as string, message: String(row.failure) },
  }
}

export function toTick(row: Row): Tick {
  return {
    id: String(row.id),
    automation: String(row.automation),
    automationType: row.automation_type as Tick['automationType'],
    at: iso(row.at) as string,
    status: row.status as Tick['status'],
    reason: optional(row.reason),
    runIds: row.run_ids as string[],
    cursor: optional(row.cursor),
    error: optional(row.error),
    durationMs: optional(row.duration_ms),
  }
}
