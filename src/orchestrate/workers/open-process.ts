import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { signalGroup, workVariable } from '../../base/index.js'
import { neededMore, type OpenHost, workerFile } from './host-channel.js'
import type { FromWorker } from './messages.js'
import { Printed } from './printed.js'

/** Of what a process said last, so much is looked at. */
const lastWordsLength = 4_096
const closeMs = 200

/**
 * A process of its own: what takes it down (native code that crashes, a system that is out of memory) takes nothing else with it.
 * @param mark of the step, by which it is found again where its engine was killed
 */
export const openProcess =
  (mark: string): OpenHost =>
  ({ heapMb, ...place }, { onMessage, onLost }) => {
    const child = fork(workerFile, {
      serialization: 'advanced',
      // A group of its own: Ctrl-C is for the engine, which stops it in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [`--max-old-space-size=${heapMb}`],
      env: { ...process.env, [workVariable]: mark },
    })
    let lastWords = ''
    const printed = new Printed((level, message) => onMessage({ type: 'log', level, message }))
    // What JavaScript prints comes as messages; this is what native code and Node itself have to say.
    for (const [stream, level] of [
      [child.stdout, 'info'],
      [child.stderr, 'warn'],
    ] as const)
      stream?.setEncoding('utf8').on('data', (text: string) => {
        lastWords = (lastWords + text).slice(-lastWordsLength)
        printed.print(level, text)
      })
    const ended = new Promise<void>((resolve) => {
      child.once('exit', async (code, signal) => {
        resolve()
        // What it said last is still on its way; a process that it has left behind may keep the way open.
        await Promise.race([once(child, 'close'), setTimeout(closeMs, undefined, { ref: false })])
        printed.finish()
        onLost(lastWords.includes('heap out of memory') ? neededMore(heapMb) : howEnded(code, signal))
      })
      // Several may come of one process that could not be started; one that nobody listens to would end this one.
      child.on('error', (error) => {
        resolve()
        onLost(error.message)
      })
    })
    child.on('message', (message: FromWorker) => {
      if (message.type === 'done' || message.type === 'failed') printed.finish()
      onMessage(message)
    })
    unref(child)
    child.send?.(place, () => {})
    return {
      kind: 'process',
      post: (message) => {
        // One that has ended is told of as lost.
        if (child.connected) child.send(message, () => {})
      },
      end: async () => {
        signalGroup(child.pid, 'SIGKILL')
        await ended
      },
    }
  }

const howEnded = (code: number | null, signal: string | null): string =>
  signal === null ? `it ended with the exit code ${code}` : `it was ended by ${signal}`

/** It does not keep this process alive. */
function unref(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
  for (const stream of [child.stdout, child.stderr] as (Readable & { unref?: () => void })[]) stream.unref?.()
}
