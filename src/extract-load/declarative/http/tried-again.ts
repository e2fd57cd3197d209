import type { Clock } from '../../../base/index.js'
import type { ErrorVerdict, HttpResponse } from '../component-contract.js'
import { waitForApi } from './wait-for-api.js'

/** Who says how long to wait: a strategy of the manifest, the rule for rate limits, the rule for all else. Each counts its own tries. */
export type WaitKind = 'told' | 'limited' | 'usual'

/** Thrown where a request is to be tried again; who waits by that kind catches it. */
export class TryAgain extends Error {
  override readonly name = 'TryAgain'
  readonly kind: WaitKind
  readonly outcome: HttpResponse | Error
  readonly verdict: ErrorVerdict
  /** Said by a strategy. */
  readonly seconds: number | undefined
  constructor(outcome: HttpResponse | Error, verdict: ErrorVerdict, kind: WaitKind, seconds?: number) {
    super(verdict.message)
    this.kind = kind
    this.outcome = outcome
    this.verdict = verdict
    this.seconds = seconds
  }
}

export interface TryLimits {
  readonly kind: WaitKind
  readonly maxTries: number
  /** No try begins after it; undefined: only tries are counted. */
  readonly maxTimeMs: number | undefined
  /** What is to wait longer fails. */
  readonly maxWaitSeconds: number
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
  readonly onWait?: ((failed: TryAgain, seconds: number) => Promise<void>) | undefined
}

/** Tries until it goes well, fails in another way, or its limits are reached; the last failure is thrown then. */
export async function triedAgain<T>(limits: TryLimits, attempt: () => Promise<T>): Promise<T> {
  const { kind, maxTries, maxTimeMs, clock, signal } = limits
  const startMs = clock.monotonicMs()
  for (let tries = 1; ; tries++) {
    const elapsedMs = clock.monotonicMs() - startMs
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof TryAgain) || error.kind !== kind) throw error
      if (tries === maxTries || (maxTimeMs !== undefined && elapsedMs >= maxTimeMs)) throw error
      const seconds = secondsFor(error, tries, maxTimeMs === undefined ? Infinity : (maxTimeMs - elapsedMs) / 1000)
      if (seconds > limits.maxWaitSeconds) throw error
      await limits.onWait?.(error, seconds)
      await waitForApi(clock, seconds * 1000, signal)
    }
  }
}

/** What a strategy says gets a second more, for fractions that servers cut off; else it doubles. */
const secondsFor = ({ seconds }: TryAgain, tries: number, atMost: number): number =>
  seconds === undefined ? Math.min(2 ** (tries - 1), atMost) : seconds + 1
