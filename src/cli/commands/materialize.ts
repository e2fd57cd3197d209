import type { RunRequest } from '../../orchestrate/index.js'
import { selectForRun } from '../../orchestrate/index.js'
import { platformErrors } from '../../platform/index.js'
import { type GlobalOptions, interruptSignal, withStack } from '../globals.js'
import { followRun } from '../output/follow-run.js'

interface MaterializeOptions extends GlobalOptions {
  readonly fullRefresh?: boolean
  readonly detach?: boolean
}

export async function materialize(selection: readonly string[], options: MaterializeOptions): Promise<number> {
  return withStack(options, async ({ engine, store }) => {
    const text = selection.join(' ')
    selectForRun(await engine.reload(), text)
    return requestAndFollow(
      store,
      { selection: text, trigger: { type: 'cli' }, fullRefresh: options.fullRefresh },
      options,
    )
  })
}

export async function sync(
  name: string | undefined,
  options: MaterializeOptions & { stream?: readonly string[] },
): Promise<number> {
  return withStack(options, async ({ engine, store }) => {
    const definitions = await engine.reload()
    const { connections } = definitions
    const chosen = connections.filter((connection) => name === undefined || connection.name === name)
    // A connection that is not there may be one that cannot be read.
    if (name === undefined || chosen.length === 0) selectForRun(definitions, '*')
    if (chosen.length === 0)
      throw platformErrors.create('CONNECTION_NOT_FOUND', {
        message: `There is no connection \`${name ?? ''}\`.`,
        hint: `Connections: ${connections.map((connection) => connection.name).join(', ') || 'none'}.`,
      })
    const streams = chosen
      .flatMap((connection) => connection.streams)
      .filter((stream) => !options.stream || options.stream.includes(stream.name))
    return requestAndFollow(
      store,
      {
        selection: streams.map((stream) => stream.asset).join(' '),
        trigger: { type: 'cli' },
        fullRefresh: options.fullRefresh,
      },
      options,
    )
  })
}

async function requestAndFollow(
  store: Parameters<typeof followRun>[0]['store'],
  request: RunRequest,
  options: MaterializeOptions,
): Promise<number> {
  const { run } = await store.requestRun(request)
  if (options.detach) {
    console.log(options.json ? JSON.stringify(run) : `Queued: ${run.id}`)
    return 0
  }
  const ended = await followRun({ store, runId: run.id, json: options.json ?? false, signal: interruptSignal() })
  return ended.status === 'succeeded' ? 0 : 1
}

export { requestAndFollow }
