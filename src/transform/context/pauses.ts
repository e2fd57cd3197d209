import { setImmediate } from 'node:timers/promises'
import { type Clock, systemClock, throwIfAborted } from '../../base/index.js'
import { transformErrors } from '../errors.js'

/** So long a template computes before others have a turn: what else runs, and whoever wants to cancel it. */
const politeMs = 50

/** Pauses of templates that are executed: they end with the work that they are part of. */
export function politePauses(signal: AbortSignal | undefined): () => Promise<void> | undefined {
  let since = performance.now()
  const pause = async () => {
    await setImmediate()
    throwIfAborted(signal)
    since = performance.now()
  }
  return () => (performance.now() - since < politeMs ? undefined : pause())
}

/** Nobody waits longer for a file to be parsed, which can do nothing but compute. */
const longestMs = 60_000
/** Pauses that far apart are not of one loop: a context may serve many templates. */
const unrelatedMs = 1_000

/** Pauses of templates that are parsed: nothing can be heard meanwhile, so that one must end by itself. */
export function limitedPauses(clock: Pick<Clock, 'monotonicMs'> = systemClock): () => undefined {
  let since = 0
  let last = Number.NEGATIVE_INFINITY
  return () => {
    const now = clock.monotonicMs()
    if (now - last > unrelatedMs) since = now
    last = now
    if (now - since < longestMs) return undefined
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `This template has computed for ${longestMs / 1000} seconds while the project is parsed, and was stopped.`,
      hint: 'Look at its loops and at macros that call each other; put what only a run needs into {% if execute %}.',
    })
  }
}
