import { wantsTracing } from '../base/index.js'
import { logSettings } from './output/log-settings.js'
import { stderrLogger } from './output/stderr-logger.js'
import { packageVersion } from './package-version.js'

/** What is still on its way to a collector is waited for no longer than this, once everything else has ended. */
const lastWordsMs = 200

/** Collects the spans of a command where the environment asks for them. Nothing of OpenTelemetry is loaded where it does not. */
export async function withTracing(work: () => Promise<number>): Promise<number> {
  if (!wantsTracing(process.env)) return work()
  const { openTracing } = await import('../platform/index.js')
  const tracing = await openTracing({
    env: process.env,
    logger: stderrLogger(),
    process: logSettings().process,
    version: packageVersion(),
  })
  try {
    return await work()
  } finally {
    // What tries again and again to send them would keep the process alive.
    if (!(await tracing.close())) setTimeout(() => process.exit(), lastWordsMs).unref()
  }
}
