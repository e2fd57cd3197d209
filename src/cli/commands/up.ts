import { runUp } from '../../platform/index.js'
import { type GlobalOptions, interruptSignal, project, stderrLogger } from '../globals.js'
import { followRun } from '../output/follow-run.js'
import { materialize } from './materialize.js'

interface UpOptions extends GlobalOptions {
  readonly port?: number
  readonly host?: string
  readonly once?: boolean
  readonly run?: boolean
}

export async function up(options: UpOptions): Promise<number> {
  if (options.once) return materialize(['*'], options)
  const found = await project(options)
  const signal = interruptSignal()
  await runUp(found, {
    host: options.host,
    port: options.port,
    env: process.env,
    logger: stderrLogger(options),
    signal,
    onReady({ url, store }) {
      console.log(`\n  Millrace is running: ${url}\n  Ctrl-C stops everything and loses nothing.\n`)
      if (options.run === false) return
      void (async () => {
        if ((await store.listRuns({ limit: 1 })).length > 0) return
        console.log('Nothing ran here yet: running everything once.')
        const { run } = await store.requestRun({ selection: '*', trigger: { type: 'start' } })
        await followRun({ store, runId: run.id, json: options.json ?? false })
        console.log(`See it: ${url}/runs/${run.id}`)
      })().catch((error: unknown) => {
        if (!signal.aborted) console.error(String(error))
      })
    },
  })
  return 0
}
