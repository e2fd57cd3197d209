import type pg from 'pg'
import type { Findings } from '../support/audit-store.js'

/** When definitions.ts could not be read. */
export interface Broken {
  readonly fromMs: number
  readonly untilMs: number
}

interface Failed {
  readonly id: string
  readonly code: string
  readonly message: string
  readonly ended_at: Date
  readonly attempt: number
}

/** Some seconds after an edit engines still see what was before it. */
const noticedWithinMs = 15_000

/**
 * User code of the soak fails where it is tried again, and nowhere else: what fails a run must be that its worker was killed three times, or
 * that the project was broken just then.
 */
export async function auditFailures(client: pg.Client, broken: readonly Broken[]): Promise<Findings> {
  const { rows } = await client.query<Failed>(
    `select id, error->>'code' as code, error->>'message' as message, ended_at, attempt from runs
     where status = 'failed' and error->>'code' is distinct from 'RUN_LOST' order by id`,
  )
  const isExplained = ({ code, ended_at }: Failed) =>
    (code === 'PROJECT_BROKEN' || code === 'DEFINITIONS_INVALID') &&
    broken.some(
      ({ fromMs, untilMs }) => fromMs <= ended_at.getTime() && ended_at.getTime() <= untilMs + noticedWithinMs,
    )
  return {
    'a run fails for nothing that passes by': rows
      .filter((row) => !isExplained(row))
      .map(({ id, code, message, attempt }) => `${id} (attempt ${attempt}) ${code}: ${message.slice(0, 300)}`),
  }
}
