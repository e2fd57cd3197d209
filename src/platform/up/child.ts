import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { type Logger, type MillraceError, systemClock } from '../../base/index.js'
import { platformErrors } from '../errors.js'

/** A child that dies this often within the window is given up: restarting would only hide the reason. */
const maxRestarts = 5
const windowMs = 60_000
const killAfterMs = 15_000

export interface ChildOptions {
  readonly name: string
  /** Asked at every start. */
  readonly args: () => readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  /** A line of the child's standard output. */
  readonly onLine: (line: string) => void
  /** A line of its standard error, which goes where ours goes where nobody takes it. */
  readonly onErrorLine?: ((line: string) => void) | undefined
  /** What the child said before it ended that another attempt would not change. */
  readonly fatalError: () => MillraceError | undefined
}

/** One process that `millrace up` keeps alive: started again with a growing pause when it dies, ended with the signal. */
export async function superviseChild(options: ChildOptions, signal: AbortSignal): Promise<void> {
  let deaths: number[] = []
  while (!signal.aborted) {
    const ended = await runChild(options, signal)
    if (signal.aborted) return
    const error = options.fatalError()
    if (error) throw error
    const now = systemClock.monotonicMs()
    deaths = [...deaths.filter((at) => now - at < windowMs), now]
    if (deaths.length > maxRestarts)
      throw platformErrors.create('PROCESS_DIED', {
        message: `The ${options.name} process ended ${deaths.length} times within a minute, the last time with ${ended}.`,
        hint: 'The lines above say why. `millrace doctor` checks the project and its surroundings.',
      })
    const pauseMs = Math.min(5_000, 100 * 2 ** deaths.length)
    options.logger.warn(`The ${options.name} process ended (${ended}); starting it again.`)
    await systemClock.sleep(pauseMs, { signal }).catch(() => {})
  }
}

function runChild(options: ChildOptions, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    // A group of its own: Ctrl-C in the terminal reaches only the supervisor, which ends its children in order.
    const child = spawn(process.execPath, [...options.args()], {
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', options.onErrorLine ? 'pipe' : 'inherit', 'ipc'],
      detached: process.platform !== 'win32',
    })
    forwardLines(child.stdout, options.onLine)
    if (options.onErrorLine) forwardLines(child.stderr, options.onErrorLine)
    const stop = () => endChild(child)
    signal.addEventListener('abort', stop, { once: true })
    child.on('error', (error) => {
      signal.removeEventListener('abort', stop)
      resolve(error.message)
    })
    child.on('exit', (code, killedBy) => {
      signal.removeEventListener('abort', stop)
      resolve(killedBy ? `signal ${killedBy}` : `exit code ${code}`)
    })
    if (signal.aborted) stop()
  })
}

function endChild(child: ChildProcess): void {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  child.once('exit', () => clearTimeout(timer))
}

function forwardLines(stream: Readable | null, onLine: (line: string) => void): void {
  let rest = ''
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  stream?.on('end', () => {
    if (rest !== '') onLine(rest)
  })
}
