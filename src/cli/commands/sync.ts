import { Option } from 'commander'
import type { ConnectionSpec, Definitions } from '../../orchestrate/index.js'
import type { Engine } from '../../platform/index.js'
import type { CommandDefinition } from '../command.js'
import { connectionNotFound } from '../connection-not-found.js'
import { interruptSignal } from '../interrupt.js'
import { detachOption, fullRefreshOption } from '../option-values.js'
import { type RunOptions, requestAndFollow, runJson, withRuns } from '../request-run.js'
import { streamNotFound } from '../stream-not-found.js'

interface SyncOptions extends RunOptions {
  readonly stream?: readonly string[]
}

export const sync: CommandDefinition = {
  name: 'sync',
  arguments: [['[connection]', 'its name; every connection when left out']],
  summary: 'Load what is new from a connection, or from all of them',
  options: [new Option('--stream <names...>', 'only these streams'), fullRefreshOption(), detachOption()],
  examples: [
    ['millrace sync', 'every connection'],
    ['millrace sync flights', 'what is new since the last sync'],
    ['millrace sync flights --full-refresh', 'everything again'],
  ],
  json: runJson,
  async run(name: string | undefined, options: SyncOptions) {
    const { selectForRun } = await import('../../orchestrate/index.js')
    return withRuns(options, async (queue) => {
      const definitions = await withStreams(queue.engine, name)
      const { connections } = definitions
      const chosen = connections.filter((connection) => name === undefined || connection.name === name)
      // A connection that is not there may be one that cannot be read.
      if (name === undefined || chosen.length === 0) selectForRun(definitions, '*')
      if (chosen.length === 0) throw await connectionNotFound(name, connections)
      const selection = (await chosenStreams(chosen, options.stream)).join(' ')
      return requestAndFollow(queue, { selection, trigger: { type: 'cli' }, fullRefresh: options.fullRefresh }, options)
    })
  },
}

/** The project as it is; the source of a connection that takes all of its streams is asked for them where nobody did yet. */
async function withStreams(engine: Engine, name: string | undefined): Promise<Definitions> {
  const definitions = await engine.reload()
  const unasked = definitions.connections.filter(
    (connection) => connection.streams.length === 0 && (name === undefined || connection.name === name),
  )
  for (const connection of unasked) await engine.discoverConnection(connection.name, { signal: interruptSignal() })
  return unasked.length === 0 ? definitions : engine.reload()
}

/** Asset keys of the streams, all or the wanted ones. */
async function chosenStreams(
  connections: readonly ConnectionSpec[],
  wanted: readonly string[] | undefined,
): Promise<string[]> {
  const streams = connections.flatMap((connection) => connection.streams)
  const names = streams.map((stream) => stream.name)
  const unknown = wanted?.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw await streamNotFound(unknown, names, connections.length === 1 ? connections[0]?.name : undefined)
  return streams.filter((stream) => !wanted || wanted.includes(stream.name)).map((stream) => stream.asset)
}
