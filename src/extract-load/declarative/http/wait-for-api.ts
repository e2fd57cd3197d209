import { type Clock, grouped } from '../../../base/index.js'
import { failure } from '../failure.js'

const dayMs = 86_400_000
/** Nobody waits longer for an API; it gave a time in other units than the manifest thinks, rather. */
const longestDays = 31

/** Waits as an API wants it. @throws API_UNAVAILABLE where it wants what nobody can mean */
export async function waitForApi(clock: Clock, durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  if (!(durationMs <= longestDays * dayMs))
    throw failure('API_UNAVAILABLE', {
      message: `The API wants the next request in ${grouped(Math.round(durationMs / dayMs))} days, and at most ${longestDays} are waited.`,
      hint: 'Look at what its headers say, in seconds or in milliseconds, and at what the manifest reads: a backoff strategy, or `ratelimit_reset_header`.',
      failureType: 'transient_error',
    })
  await clock.sleep(durationMs, { signal })
}
