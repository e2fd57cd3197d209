import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { bindGroup, closeHeldOutput, redact, signalGroup, workVariable } from '../../base/index.js'
import type { CommandLine } from './command-line.js'
import type { DbtExit } from './contract.js'
import { notStarted } from './failures.js'

export interface DbtProcessOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** By which all that it starts is found again. */
  readonly mark: string
  readonly signal?: AbortSignal | undefined
  readonly stdout: (line: string) => void
  readonly stderr: (line: string) => void
}

/** So long dbt may take to cancel its queries; then it is asked once more, and then ended. */
const [cancelMs, graceMs] = [30_000, 5_000]

/**
 * Runs dbt to its end. When the signal aborts it is interrupted as by Ctrl-C, which cancels the queries in the warehouse, and waited for.
 * @throws TRANSFORM_DBT_MISSING, and what is thrown while a line is dealt with
 */
export async function runProcess({ file, args }: CommandLine, options: DbtProcessOptions): Promise<DbtExit> {
  const { cwd, env, mark, signal, stdout, stderr } = options
  // A group of its own, so that a signal reaches dbt also behind `uv run`.
  const child = spawn(file, args, {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, [workVariable]: mark },
  })
  // Left behind by a second Ctrl-C it would keep a DuckDB file from everybody.
  const letGo = bindGroup(child.pid)
  const timers: NodeJS.Timeout[] = []
  const onAbort = () => {
    signalGroup(child.pid, 'SIGINT')
    timers.push(
      setTimeout(() => signalGroup(child.pid, 'SIGTERM'), cancelMs),
      setTimeout(() => signalGroup(child.pid, 'SIGKILL'), cancelMs + graceMs),
    )
  }
  let thrown: { readonly error: unknown } | undefined
  const onThrow = (error: unknown) => {
    if (!thrown) onAbort()
    thrown ??= { error }
  }
  // What it started and left behind would hold its output open.
  child.once('exit', () => signalGroup(child.pid, 'SIGKILL'))
  // Also from a group of its own.
  closeHeldOutput(child, () =>
    stderr('What dbt started and left behind still holds its output open: no more of it is read.'),
  )
  try {
    const exit = new Promise<DbtExit>((resolve, reject) => {
      child.once('error', (error) => reject(notStarted({ file, args }, error)))
      child.once('close', (code, signal) => resolve({ code, signal }))
    })
    eachLine(child.stdout, stdout, onThrow)
    eachLine(child.stderr, (line) => stderr(redact(line)), onThrow)
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
    const ended = await exit
    if (thrown) throw thrown.error
    return ended
  } finally {
    letGo()
    signal?.removeEventListener('abort', onAbort)
    for (const timer of timers) clearTimeout(timer)
  }
}

/** Nobody else would hear of an error that is thrown while a line is dealt with. */
function eachLine(stream: Readable, told: (line: string) => void, onThrow: (error: unknown) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    try {
      told(line)
    } catch (error) {
      onThrow(error)
    }
  })
}
