import { Option } from 'commander'
import { errorFromJson, plural } from '../../base/index.js'
import type { ConnectionSpec, Definitions } from '../../orchestrate/index.js'
import type { Engine } from '../../platform/index.js'
import { chosenStreams } from '../chosen-streams.js'
import type { CommandDefinition } from '../command.js'
import { mayRefresh } from '../confirm-full-refresh.js'
import { connectionNotFound } from '../connection-not-found.js'
import { interruptSignal } from '../interrupt.js'
import { detachOption, fullRefreshOption } from '../option-values.js'
import { stderrLogger } from '../output/stderr-logger.js'
import { type RunOptions, requestAndFollow, runJson, withRuns } from '../request-run.js'

interface SyncOptions extends RunOptions {
  readonly stream?: readonly string[]
  readonly yes?: boolean
}

export const sync: CommandDefinition = {
  name: 'sync',
  arguments: [['[connection]', 'its name; every connection when left out']],
  summary: 'Load what is new from a connection, or from all of them',
  details:
    'With --full-refresh everything is read from the start, and takes the place of what the tables hold. On a terminal it shows which, with their rows, and asks; in a pipe, or with --yes, it does not.',
  options: [
    new Option('--stream <names...>', 'only these streams'),
    fullRefreshOption(),
    new Option('-y, --yes', 'with --full-refresh: without asking'),
    detachOption(),
  ],
  examples: [
    ['millrace sync', 'every connection'],
    ['millrace sync flights', 'what is new since the last sync'],
    ['millrace sync flights --full-refresh', 'everything again; on a terminal it asks before'],
  ],
  json: runJson,
  async run(name: string | undefined, options: SyncOptions) {
    const { selectForRun, selectionOf } = await import('../../orchestrate/index.js')
    return withRuns(options, async (queue) => {
      const definitions = await withStreams(queue.engine, name)
      const { connections } = definitions
      const chosen = chosenConnections(definitions, name)
      // A connection that is not there may be one that cannot be read.
      if (name === undefined || chosen.length === 0) selectForRun(definitions, '*')
      if (chosen.length === 0) throw await connectionNotFound(name, connections)
      const elsewhere = options.fullRefresh ? chosen.find(({ remote }) => remote) : undefined
      if (elsewhere?.remote) throw (await onlyThere())(elsewhere.name, elsewhere.remote, 'loaded from the start')
      const streams = await chosenStreams(chosen, options.stream)
      const assets = streams.map(({ asset }) => asset)
      const selection = selectionOf(assets)
      selectForRun(definitions, selection)
      if (name === undefined) await tellLeftOut(definitions)
      const chosenAssets: ReadonlySet<unknown> = new Set(assets)
      const shared = definitions.problems.find(
        ({ code, data }) => code === 'ASSET_DUPLICATE' && chosenAssets.has(data?.asset),
      )
      // What is chosen by its asset would be the streams of both, and they would undo each other.
      if (shared) throw errorFromJson(shared)
      const of = name ?? plural(chosen.length, 'connection')
      if (options.fullRefresh && !(await mayRefresh(queue.store, { definitions, assets, of }, options))) return 0
      return requestAndFollow(
        queue,
        { selection, trigger: { type: 'cli' }, fullRefresh: options.fullRefresh },
        options,
        'sync',
      )
    })
  },
}

/** Without a name all but those that wait for a secret, unless all do. */
function chosenConnections(definitions: Definitions, name: string | undefined): readonly ConnectionSpec[] {
  const { connections, broken = [] } = definitions
  if (name !== undefined) return connections.filter((connection) => connection.name === name)
  const steps = new Set(broken.flatMap((part) => (part.isKnown ? part.steps : [])))
  const ready = connections.filter(({ step }) => !steps.has(step))
  return ready.length === 0 ? connections : ready
}

async function tellLeftOut(definitions: Definitions): Promise<void> {
  const { whyLeftOut } = await import('../../orchestrate/index.js')
  const why = whyLeftOut(definitions, '*')
  if (why !== undefined) stderrLogger().warn(why)
}

const onlyThere = async () => (await import('../../platform/index.js')).onlyThere

/** The project as it is; the source of a connection that takes all of its streams is asked for them where nobody did yet. */
async function withStreams(engine: Engine, name: string | undefined): Promise<Definitions> {
  const definitions = await engine.reload()
  const unasked = chosenConnections(definitions, name).filter(({ streams }) => streams.length === 0)
  for (const connection of unasked) await engine.discoverConnection(connection.name, { signal: interruptSignal() })
  return unasked.length === 0 ? definitions : engine.reload()
}
