import { Option } from 'commander'
import type { OrchestrateStore } from '../../orchestrate/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { interrupt, interruptSignal } from '../interrupt.js'
import { openProject } from '../open-project.js'
import { addressOptions } from '../option-values.js'
import { followRun } from '../output/follow-run.js'
import { aboveLiveArea } from '../output/live-area.js'
import { logSettings, logVariables } from '../output/log-settings.js'
import { printError } from '../output/print-error.js'
import { stderrLogger } from '../output/stderr-logger.js'
import { packageVersion } from '../package-version.js'
import { materializeSelection } from '../request-run.js'

interface UpOptions extends GlobalOptions {
  readonly port?: number
  readonly airbytePort?: number | 'any'
  readonly host?: string
  readonly once?: boolean
  readonly run?: boolean
}

export const up: CommandDefinition = {
  name: 'up',
  summary: 'Start everything: server, engine and store, with the UI',
  details:
    'It goes on until Ctrl-C, which stops every process and loses nothing: a run that was going on resumes at the next start. The very first start runs everything once.',
  options: [
    ...addressOptions,
    new Option('--once', 'run everything and exit, without a server'),
    new Option('--no-run', 'do not run anything at the first start'),
  ],
  examples: [
    ['millrace up', 'until Ctrl-C'],
    ['millrace up --port 8080', 'at another address'],
    ['millrace up --once', 'run everything and exit: 0 when all went well'],
  ],
  json: 'one event a line, the first {type: "ready", url, airbyteUrl}; with --once the lines of `materialize`',
  async run(options: UpOptions) {
    const { runUp, whenParentIsGone } = await import('../../platform/index.js')
    const signal = interruptSignal()
    // Started by another program over a channel (`npm start`), it ends with that one.
    whenParentIsGone(interrupt)
    if (options.once) return materializeSelection('*', options)
    const { json = false } = options
    const logger = stderrLogger()
    const isJsonLog = logSettings().format === 'json'
    const found = await openProject(options)
    let firstRun: Promise<void> | undefined
    await runUp(found, {
      host: options.host,
      port: options.port,
      airbytePort: options.airbytePort,
      env: { ...process.env, ...logVariables() },
      version: packageVersion(),
      logger,
      onLogLine: isJsonLog ? (line) => console.error(line) : undefined,
      signal,
      onReady({ url, airbyteUrl, store }) {
        if (json) console.log(JSON.stringify({ type: 'ready', url, airbyteUrl }))
        if (isJsonLog) logger.info('Millrace is running', { url, airbyteUrl })
        else if (!json)
          aboveLiveArea(() =>
            console.log(
              `\n  Millrace is running: ${url}${clientsLine(airbyteUrl)}\n  Ctrl-C stops everything and loses nothing.\n`,
            ),
          )
        if (options.run !== false) firstRun = watchFirstRun(store, { url, options, signal })
      },
    })
    await firstRun
    if (!json || isJsonLog) logger.info('Stopped. What was running goes on at the next start.')
    return 0
  },
}

const clientsLine = (airbyteUrl: string | undefined) =>
  airbyteUrl === undefined ? '' : `\n  Clients of Airbyte find it at ${airbyteUrl}`

interface FirstRun {
  readonly url: string
  readonly options: GlobalOptions
  readonly signal: AbortSignal
}

async function watchFirstRun(store: OrchestrateStore, { url, options, signal }: FirstRun): Promise<void> {
  const { json = false, debug = false } = options
  try {
    await runOnceIfNew(store, { url, json, signal })
  } catch (error) {
    // When everything stops, the store goes away under whoever watches the run.
    if (signal.aborted) return
    const { toMillraceError } = await import('../../base/index.js')
    printError(toMillraceError(error), { json, debug })
  }
}

/** At the very first start everything is run once, so that there is something to see. */
async function runOnceIfNew(
  store: OrchestrateStore,
  { url, json, signal }: { url: string; json: boolean; signal: AbortSignal },
): Promise<void> {
  if ((await store.listRuns({ limit: 1 })).length > 0) return
  const { assets } = await publishedDefinitions(store, signal)
  const isJsonLog = logSettings().format === 'json'
  const note = (text: string) => (json || isJsonLog ? stderrLogger().info(text) : console.log(text))
  if (!assets.some((asset) => asset.isExecutable)) {
    note('There is nothing to run yet: add a connection below extract_load/, or a model to the dbt project.')
    return
  }
  note('Nothing ran here yet: running everything once.')
  const { run } = await store.requestRun({ selection: '*', trigger: { type: 'start' } })
  // The engine's log tells of it.
  if (isJsonLog && !json) return
  await followRun({ store, runId: run.id, json, leaveOn: signal })
  if (!signal.aborted) note(`See it: ${url}/runs/${run.id}`)
}

/** The engine publishes what the project defines, a moment after it started. */
async function publishedDefinitions(store: OrchestrateStore, signal: AbortSignal) {
  const { systemClock } = await import('../../base/index.js')
  for (;;) {
    const definitions = await store.readDefinitions()
    if (definitions) return definitions
    await systemClock.sleep(100, { signal })
  }
}
