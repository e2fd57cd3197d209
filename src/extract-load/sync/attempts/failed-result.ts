import { toMillraceError } from '../../../base/index.js'
import { withNamedVariables } from '../../connections/secrets/named-in-refusal.js'
import type { Connection, ConnectionStream } from '../../contract.js'
import { limitReached } from '../../loading/request/time-limits.js'
import type { StreamResult } from '../../sync-contract.js'

/** How far a stream came; nothing where it is left out. */
type Progress = Partial<
  Pick<
    StreamResult,
    'recordsRead' | 'recordsCommitted' | 'keptProgress' | 'bytesRead' | 'isUnchanged' | 'generationId' | 'schemaChanges'
  >
>

/** The result of a stream that failed, that took too long, or that somebody cancelled. */
export function failedResult(
  { name, schema, table }: ConnectionStream,
  thrown: unknown,
  {
    signal,
    startedAt,
    connection,
    ...progress
  }: Progress & {
    readonly signal: AbortSignal | undefined
    readonly startedAt: number
    readonly connection: Connection
  },
): StreamResult {
  const limit = limitReached(signal)
  return {
    stream: name,
    schema,
    table,
    status: signal?.aborted && !limit ? 'cancelled' : 'failed',
    recordsRead: 0,
    recordsCommitted: 0,
    recordsRejected: 0,
    bytesRead: 0,
    isUnchanged: true,
    durationMs: performance.now() - startedAt,
    generationId: 0,
    schemaChanges: [],
    ...progress,
    error: withNamedVariables((limit ?? toMillraceError(thrown)).toJSON(), connection),
  }
}
