import { didYouMean } from '../../base/index.js'
import { type ConnectionSpec, selectForRun } from '../../orchestrate/index.js'
import { platformErrors } from '../../platform/index.js'
import { type RunOptions, requestAndFollow, withRuns } from '../request-run.js'

export async function materialize(selection: readonly string[], options: RunOptions): Promise<number> {
  return withRuns(options, async (queue) => {
    const text = selection.join(' ')
    selectForRun(await queue.engine.reload(), text)
    return requestAndFollow(
      queue,
      { selection: text, trigger: { type: 'cli' }, fullRefresh: options.fullRefresh },
      options,
    )
  })
}

interface SyncOptions extends RunOptions {
  readonly stream?: readonly string[]
}

export async function sync(name: string | undefined, options: SyncOptions): Promise<number> {
  return withRuns(options, async (queue) => {
    const definitions = await queue.engine.reload()
    const { connections } = definitions
    const chosen = connections.filter((connection) => name === undefined || connection.name === name)
    // A connection that is not there may be one that cannot be read.
    if (name === undefined || chosen.length === 0) selectForRun(definitions, '*')
    if (chosen.length === 0) throw connectionNotFound(name, connections)
    return requestAndFollow(
      queue,
      {
        selection: chosenStreams(chosen, options.stream).join(' '),
        trigger: { type: 'cli' },
        fullRefresh: options.fullRefresh,
      },
      options,
    )
  })
}

function connectionNotFound(name: string | undefined, connections: readonly ConnectionSpec[]) {
  const names = connections.map((connection) => connection.name)
  return platformErrors.create('CONNECTION_NOT_FOUND', {
    message: name === undefined ? 'The project has no connections yet.' : `There is no connection \`${name}\`.`,
    hint:
      names.length === 0
        ? 'Add one YAML file per connection below extract_load/; docs/project.md shows one.'
        : [didYouMean(name ?? '', names), `Connections: ${names.join(', ')}.`].filter((part) => part).join(' '),
  })
}

/** Asset keys of the streams, all or the wanted ones. */
function chosenStreams(connections: readonly ConnectionSpec[], wanted: readonly string[] | undefined): string[] {
  const streams = connections.flatMap((connection) => connection.streams)
  const names = streams.map((stream) => stream.name)
  const unknown = wanted?.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw platformErrors.create('ASSET_NOT_FOUND', {
      message: `There is no stream \`${unknown}\`.`,
      hint: [didYouMean(unknown, names), `Streams: ${names.join(', ')}.`].filter((part) => part).join(' '),
    })
  return streams.filter((stream) => !wanted || wanted.includes(stream.name)).map((stream) => stream.asset)
}
