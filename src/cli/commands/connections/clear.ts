import { Option } from 'commander'
import type { ConnectionSpec, Definitions } from '../../../orchestrate/index.js'
import { chosenStreams } from '../../chosen-streams.js'
import type { CommandDefinition } from '../../command.js'
import { mayClear } from '../../confirm-clear.js'
import { connectionNotFound } from '../../connection-not-found.js'
import { detachOption } from '../../option-values.js'
import { type RunOptions, requestAndFollow, runJson, withRuns } from '../../request-run.js'
import { streamNotFound } from '../../stream-not-found.js'

interface ClearOptions extends RunOptions {
  readonly streams?: string
  readonly yes?: boolean
}

type Stream = ConnectionSpec['streams'][number]

export const clear: CommandDefinition = {
  name: 'clear',
  arguments: [['<connection>', 'a connection of the project']],
  summary: 'Empty the tables of its streams, and forget how far they were read',
  details:
    'The tables stay, with their rights and views, and the next sync loads everything again. What the source no longer has is lost. It asks before; without a terminal, --yes is needed. `millrace sync --full-refresh` loads everything again without emptying tables first.',
  options: [
    new Option('--streams <names>', 'only these, separated by commas'),
    new Option('-y, --yes', 'clear without asking'),
    detachOption(),
  ],
  examples: [
    ['millrace connections clear shop', 'all of its streams; asks before'],
    ['millrace connections clear shop --streams orders,customers --yes', 'two of them, without a question'],
  ],
  json: runJson,
  async run(name: string, options: ClearOptions) {
    return withRuns(options, async (queue) => {
      const definitions = await queue.engine.reload()
      const streams = await streamsOf(definitions, name, options.streams)
      const assets = streams.map(({ asset }) => asset)
      if (!(await mayClear(queue.store, { definitions, assets, of: name }, options))) return 0
      const { selectionOf } = await import('../../../orchestrate/index.js')
      return requestAndFollow(
        queue,
        { selection: selectionOf(assets), trigger: { type: 'cli' }, clearData: true },
        options,
        'connections clear',
      )
    })
  },
}

async function streamsOf(
  { connections }: Definitions,
  name: string,
  wanted: string | undefined,
): Promise<readonly Stream[]> {
  const connection = connections.find((one) => one.name === name)
  if (!connection) throw await connectionNotFound(name, connections)
  if (connection.remote)
    throw (await import('../../../platform/index.js')).onlyThere(name, connection.remote, 'cleared')
  const names = wanted?.split(',').map((one) => one.trim())
  const streams = await chosenStreams([connection], names)
  if (streams.length === 0) throw await streamNotFound('', [], name)
  return streams
}
