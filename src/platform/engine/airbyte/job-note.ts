import type { Metadata } from '../../../orchestrate/index.js'

/** What a step notes of the job that it has another server do: before it asks, and once it knows which it is. */
export interface JobNote {
  readonly server: string
  readonly connectionId: string
  readonly askedAt: string
  /** The newest job of the connection when the step asked: whatever is newer may be its own. */
  readonly newestJob: number
  readonly job?: number | undefined
  /** The server was at it already, for somebody else. */
  readonly isAdopted?: boolean | undefined
}

export const noteOf = (note: JobNote): Metadata => ({
  airbyte_server: note.server,
  airbyte_connection: note.connectionId,
  asked_at: note.askedAt,
  newest_job: note.newestJob,
  ...(note.job === undefined ? {} : { job: note.job, is_adopted: note.isAdopted ?? false }),
})

export function readNote(note: Metadata | undefined): JobNote | undefined {
  const {
    airbyte_server: server,
    airbyte_connection: connectionId,
    asked_at: askedAt,
    newest_job: newestJob,
  } = note ?? {}
  if (typeof server !== 'string' || typeof connectionId !== 'string') return undefined
  if (typeof askedAt !== 'string' || typeof newestJob !== 'number') return undefined
  const { job, is_adopted: isAdopted } = note ?? {}
  return {
    server,
    connectionId,
    askedAt,
    newestJob,
    ...(typeof job === 'number' ? { job, isAdopted: isAdopted === true } : {}),
  }
}
