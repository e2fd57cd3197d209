import { type Logger, systemClock, toMillraceError } from '../../../base/index.js'
import type { LocalEngine } from '../../engine/local-engine.js'
import { ToldProblems } from './told-problems.js'

/** Between two looks. A look at ten thousand files takes some 50 ms: it must not be what an idle engine is busy with. */
const watchPauseMs = { least: 1_000, most: 5_000, perMsOfLooking: 50 }

/** Looks for changed files every second or two and publishes what they now define, until the signal aborts. */
export async function watchProject(
  engine: LocalEngine,
  {
    signal,
    logger,
    keepsTypes = false,
  }: {
    readonly signal: AbortSignal
    readonly logger: Logger
    /** Also what editors and compilers read of it, and what is wrong with it in the log: for a folder that people work in. */
    readonly keepsTypes?: boolean
  },
): Promise<void> {
  const told = new ToldProblems(logger)
  const servers = engine.watchServers(signal)
  let pauseMs = watchPauseMs.least
  while (!signal.aborted) {
    await systemClock.sleep(pauseMs, { signal }).catch(() => {})
    if (signal.aborted) break
    const startedMs = systemClock.monotonicMs()
    const definitions = await engine
      .reloadIfChanged()
      .catch((error: unknown) => void logger.error('The project could not be read', { error }))
    if (keepsTypes && definitions) told.tell(definitions)
    // Told once: the next try follows a change.
    if (keepsTypes) await engine.keepTypes().catch((error: unknown) => logger.warn(toMillraceError(error).message))
    const lookedMs = (systemClock.monotonicMs() - startedMs) * watchPauseMs.perMsOfLooking
    pauseMs = Math.min(watchPauseMs.most, Math.max(watchPauseMs.least, lookedMs))
  }
  await servers
}
