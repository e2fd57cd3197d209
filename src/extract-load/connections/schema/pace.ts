import type { z } from 'zod'
import type { ConnectionRetries, ConnectionSchedule, ConnectionTimeouts } from '../../contract.js'
import type { connectionSchema } from './schema.js'

type Settings = z.infer<typeof connectionSchema>

export function scheduleOf({ cron, timezone, auto_disable }: NonNullable<Settings['schedule']>): ConnectionSchedule {
  const autoDisable = auto_disable && { failedSyncs: auto_disable.failed_syncs, days: auto_disable.days }
  return { cron, timezone, ...(autoDisable ? { autoDisable } : {}) }
}

export const retriesOf = (settings: Settings['retries']): ConnectionRetries => ({
  completeFailuresMaxSuccessive: settings.complete_failures_max_successive,
  completeFailuresMaxTotal: settings.complete_failures_max_total,
  partialFailuresMaxTotal: settings.partial_failures_max_total,
  backoffMinSeconds: settings.backoff_min_seconds,
  backoffMaxSeconds: settings.backoff_max_seconds,
  backoffBase: settings.backoff_base,
})

export const timeoutsOf = (settings: Settings['timeouts']): ConnectionTimeouts => ({
  source: settings.source_seconds,
  destination: settings.destination_seconds,
  sync: settings.sync_seconds,
})
