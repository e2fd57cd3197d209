import { Option } from 'commander'
import { plural } from '../../../base/index.js'
import type { ConnectionSpec, Definitions } from '../../../orchestrate/index.js'
import { chosenStreams } from '../../chosen-streams.js'
import type { CommandDefinition } from '../../command.js'
import { connectionNotFound } from '../../connection-not-found.js'
import { cliErrors } from '../../errors.js'
import type { RunQueue } from '../../open-project.js'
import { detachOption } from '../../option-values.js'
import { terminalWidth, textTable } from '../../output/table.js'
import { openQuestions } from '../../questions.js'
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
      if (!(await isConfirmed(queue, { definitions, name, streams }, options))) {
        console.log('Nothing was cleared.')
        return 0
      }
      const { selectionOf } = await import('../../../orchestrate/index.js')
      const selection = selectionOf(streams.map(({ asset }) => asset))
      return requestAndFollow(
        queue,
        { selection, trigger: { type: 'cli' }, clearData: true },
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
  const names = wanted?.split(',').map((one) => one.trim())
  const streams = await chosenStreams([connection], names)
  if (streams.length === 0) throw await streamNotFound('', [], name)
  return streams
}

interface Wanted {
  readonly definitions: Definitions
  readonly name: string
  readonly streams: readonly Stream[]
}

/** More of them say no more than their number. */
const streamsShown = 20

/** @throws CLI_USAGE where nobody can be asked */
async function isConfirmed(
  { store }: RunQueue,
  { definitions, name, streams }: Wanted,
  { yes, json }: ClearOptions,
): Promise<boolean> {
  if (yes) return true
  if (json || process.stdin.isTTY !== true)
    throw cliErrors.create('CLI_USAGE', {
      message: `${plural(streams.length, 'stream')} of ${name} would be cleared, and nobody can be asked.`,
      hint: 'Without a terminal, say so with --yes.',
    })
  const states = new Map((await store.assetStates(streams.map(({ asset }) => asset))).map((one) => [one.key, one]))
  const placeOf = ({ name: stream, asset }: Stream) => {
    const relation = definitions.assets.find((one) => one.key === asset)?.relation
    return relation ? `${relation.schema}.${relation.identifier}` : stream
  }
  const rowsOf = ({ asset }: Stream) => {
    const rows = states.get(asset)?.lastMetadata?.rows
    return typeof rows === 'number' ? rows.toLocaleString('en-US') : undefined
  }
  console.log(
    textTable(
      [{ name: 'to be emptied' }, { name: 'rows', isNumeric: true }],
      streams.slice(0, streamsShown).map((stream) => [placeOf(stream), rowsOf(stream)]),
      { width: terminalWidth(), missing: '?' },
    ),
  )
  if (streams.length > streamsShown) console.log(`… and ${streams.length - streamsShown} more`)
  console.log('The next sync loads everything again. What the source no longer has is lost.')
  const questions = openQuestions()
  try {
    return await questions.yes(`Clear ${plural(streams.length, 'stream')} of ${name}?`, false)
  } finally {
    questions.close()
  }
}
