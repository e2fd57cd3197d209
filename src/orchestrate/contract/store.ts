import type { RunStatus } from './runs.js'
import type { AlertStore } from './stores/alerts.js'
import type { AutomationStore } from './stores/automation.js'
import type { BackfillStore } from './stores/backfills.js'
import type { ConditionStore } from './stores/conditions.js'
import type { ConnectionEndStore } from './stores/connection-ends.js'
import type { ConnectionEventStore } from './stores/connection-events.js'
import type { DaemonStore } from './stores/daemon.js'
import type { DefinitionStore } from './stores/definitions.js'
import type { DeliveryStore } from './stores/deliveries.js'
import type { EventSensorStore } from './stores/event-sensors.js'
import type { EventStore } from './stores/events.js'
import type { FigureStore } from './stores/figures.js'
import type { FreshnessStore } from './stores/freshness.js'
import type { PartitionStore } from './stores/partitions.js'
import type { PoolStore } from './stores/pools.js'
import type { ProcessStore } from './stores/processes.js'
import type { RunStore } from './stores/runs.js'
import type { SecretStore } from './stores/secrets.js'
import type { StateStore } from './stores/states.js'
import type { SyncJobStore } from './stores/sync-jobs.js'
import type { WorkerStore } from './stores/workers.js'

export * from './stores/alerts.js'
export * from './stores/automation.js'
export * from './stores/backfills.js'
export * from './stores/conditions.js'
export * from './stores/connection-ends.js'
export * from './stores/connection-events.js'
export * from './stores/daemon.js'
export * from './stores/definitions.js'
export * from './stores/deliveries.js'
export * from './stores/event-sensors.js'
export * from './stores/events.js'
export * from './stores/figures.js'
export * from './stores/freshness.js'
export * from './stores/partitions.js'
export * from './stores/pools.js'
export * from './stores/processes.js'
export * from './stores/runs.js'
export * from './stores/secrets.js'
export * from './stores/states.js'
export * from './stores/sync-jobs.js'
export * from './stores/workers.js'

/**
 * What orchestrate needs to be kept: a port for each kind of thing. Implemented by `metastore` on PostgreSQL. A write is applied once or
 * not at all, also when the connection is lost in the middle of it.
 */
export interface OrchestrateStore
  extends DefinitionStore,
    ConnectionEventStore,
    ConnectionEndStore,
    SecretStore,
    RunStore,
    SyncJobStore,
    WorkerStore,
    PoolStore,
    EventStore,
    StateStore,
    PartitionStore,
    BackfillStore,
    AlertStore,
    AutomationStore,
    EventSensorStore,
    DeliveryStore,
    DaemonStore,
    ProcessStore,
    FreshnessStore,
    ConditionStore,
    FigureStore {
  /**
   * Calls back on new runs, events and changes until the signal aborts. Changes can get lost: look regularly, too.
   * @param about `work`: only runs that came into the queue, or are to be cancelled
   */
  subscribe(onChange: (change: StoreChange) => void, signal: AbortSignal, about?: 'everything' | 'work'): Promise<void>
  /**
   * Forgets what is older, little by little; latest states of assets and checks stay, and so does whatever has not ended.
   * @param signal ends it in the middle, which does no harm
   */
  prune(limits: RetentionLimits, signal?: AbortSignal): Promise<void>
}

export interface RetentionLimits {
  /** Log lines and step events of ended runs. */
  readonly logsBefore: Date
  /** Runs with everything that they recorded, ticks that requested or failed, what was done to connections. */
  readonly runsBefore: Date
  /** Ticks that found nothing to do. */
  readonly idleTicksBefore: Date
}

export type StoreChange =
  /** With the status that it has now. */
  | { readonly type: 'run'; readonly runId: string; readonly status: RunStatus }
  | { readonly type: 'events'; readonly runId: string; readonly lastEventId: number }
  | { readonly type: 'definitions' }
  | { readonly type: 'automation'; readonly name: string }
  | { readonly type: 'backfill'; readonly id: string }
