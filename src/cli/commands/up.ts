import { systemClock, toMillraceError } from '../../base/index.js'
import type { OrchestrateStore } from '../../orchestrate/index.js'
import { runUp } from '../../platform/index.js'
import { type GlobalOptions, interruptSignal, project, stderrLogger } from '../globals.js'
import { followRun } from '../output/follow-run.js'
import { aboveLiveArea } from '../output/live-area.js'
import { printError } from '../output/print-error.js'
import { materialize } from './materialize.js'

interface UpOptions extends GlobalOptions {
  readonly port?: number
  readonly host?: string
  readonly once?: boolean
  readonly run?: boolean
}

export async function up(options: UpOptions): Promise<number> {
  if (options.once) return materialize(['*'], options)
  const { json = false, debug = false } = options
  const found = await project(options)
  const signal = interruptSignal()
  let firstRun: Promise<void> | undefined
  await runUp(found, {
    host: options.host,
    port: options.port,
    env: process.env,
    logger: stderrLogger(options),
    signal,
    onReady({ url, store }) {
      if (json) console.log(JSON.stringify({ type: 'ready', url }))
      else
        aboveLiveArea(() =>
          console.log(`\n  Millrace is running: ${url}\n  Ctrl-C stops everything and loses nothing.\n`),
        )
      if (options.run === false) return
      firstRun = runOnceIfNew(store, { url, json, signal }).catch((error: unknown) => {
        // When everything stops, the store goes away under whoever watches the run.
        if (!signal.aborted) printError(toMillraceError(error), { json, debug })
      })
    },
  })
  await firstRun
  if (!json) console.error('Stopped. What was running goes on at the next start.')
  return 0
}

/** At the very first start everything is run once, so that there is something to see. */
async function runOnceIfNew(
  store: OrchestrateStore,
  { url, json, signal }: { url: string; json: boolean; signal: AbortSignal },
): Promise<void> {
  if ((await store.listRuns({ limit: 1 })).length > 0) return
  const { assets } = await publishedDefinitions(store, signal)
  const note = (text: string) => (json ? console.error(text) : console.log(text))
  if (!assets.some((asset) => asset.isExecutable)) {
    note('There is nothing to run yet: add a connection below extract_load/, or a model to the dbt project.')
    return
  }
  note('Nothing ran here yet: running everything once.')
  const { run } = await store.requestRun({ selection: '*', trigger: { type: 'start' } })
  await followRun({ store, runId: run.id, json, leaveOn: signal })
  if (!signal.aborted) note(`See it: ${url}/runs/${run.id}`)
}

/** The engine publishes what the project defines, a moment after it started. */
async function publishedDefinitions(store: OrchestrateStore, signal: AbortSignal) {
  for (;;) {
    const definitions = await store.readDefinitions()
    if (definitions) return definitions
    await systemClock.sleep(100, { signal })
  }
}
