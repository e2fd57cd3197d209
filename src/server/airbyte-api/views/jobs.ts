import type { SyncJob } from '../../../orchestrate/index.js'

/** As the public API answers a job. */
export function jobResponse(job: SyncJob, connectionId: string) {
  const startTime = job.step?.startedAt ?? job.run.createdAt
  return {
    jobId: job.id,
    status: job.status,
    jobType: job.type,
    startTime,
    connectionId,
    lastUpdatedAt: job.updatedAt,
    duration: durationText(Date.parse(job.updatedAt) - Date.parse(startTime)),
    bytesSynced: job.bytes,
    rowsSynced: job.rows,
  }
}

/** ISO 8601, to the second: `PT1H2M3S`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  const text = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${rest > 0 ? `${rest}S` : ''}`
  return `PT${text || '0S'}`
}
