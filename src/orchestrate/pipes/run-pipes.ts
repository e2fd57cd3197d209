import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { closeHeldOutput, signalGroup } from '../../base/index.js'
import { orchestrateErrors } from '../errors.js'
import { type PipesContext, pipesVariables } from './bootstrap.js'
import { type PipesMessage, readMessage } from './messages.js'

export interface PipesOptions {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[]
  readonly cwd: string
  /** Besides those of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly context: PipesContext
  readonly signal: AbortSignal
  readonly onMessage: (message: PipesMessage) => void
  /** A line that it printed, or something to tell about it. */
  readonly onLine: (level: 'info' | 'warn', line: string) => void
}

const pollMs = 100
/** After the signal that asks it to end. The thread that waits for it is ended after a second. */
const graceMs = 700

/**
 * Runs a program that reports by Dagster Pipes, and hands on what it reports while it runs. With the signal it is
 * ended, and all that it started. @throws PIPES_FAILED when it fails, or cannot be started
 */
export async function runPipes(options: PipesOptions): Promise<void> {
  const { command, signal } = options
  signal.throwIfAborted()
  const dir = await mkdtemp(join(tmpdir(), 'millrace-pipes-'))
  try {
    const [contextFile, messagesFile] = [join(dir, 'context.json'), join(dir, 'messages.jsonl')]
    await writeFile(contextFile, JSON.stringify(options.context), { mode: 0o600 })
    await appendFile(messagesFile, '', { mode: 0o600 })
    const [file = '', ...args] = command
    // From here to where somebody listens to the signal nothing is waited for.
    signal.throwIfAborted()
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env, ...pipesVariables(contextFile, messagesFile) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const printed = [
      lines(child.stdout, (line) => options.onLine('info', line)),
      lines(child.stderr, (line) => options.onLine('warn', line)),
    ]
    closeHeldOutput(child, () =>
      options.onLine(
        'warn',
        `What ${file} started and left behind still holds its output open: no more of it is read.`,
      ),
    )
    const ended = endOf(child, file, signal)
    const failure = await tail(messagesFile, ended, options)
    await Promise.all(printed)
    signal.throwIfAborted()
    await ended
    if (failure !== undefined) throw failed(file, failure)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function lines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): Promise<void> {
  if (!stream) return
  // A stream that is closed before its end has an end for the reader nevertheless.
  const input = stream.pipe(new PassThrough())
  stream.once('close', () => input.end())
  for await (const line of createInterface({ input })) onLine(line)
}

/** Resolves when it ended well. */
function endOf(child: ChildProcess, file: string, signal: AbortSignal): Promise<void> {
  let killer: NodeJS.Timeout | undefined
  const stop = () => {
    signalGroup(child.pid, 'SIGINT')
    killer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs)
  }
  signal.addEventListener('abort', stop, { once: true })
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(failed(file, error.code === 'ENOENT' ? 'it is not there' : error.message)),
    )
    child.once('close', (code, ending) => {
      if (code === 0) resolve()
      else reject(failed(file, ending ? `it was ended by ${ending}` : `it ended with the exit code ${code}`))
    })
  }).finally(() => {
    clearTimeout(killer)
    signal.removeEventListener('abort', stop)
    // What it started may not have listened, and need not hold its output.
    if (signal.aborted) signalGroup(child.pid, 'SIGKILL')
  })
  ended.catch(() => {})
  return ended
}

/** Reads what is written into a file until the program has ended; answers the exception with which it closed, where there is one. */
async function tail(
  path: string,
  ended: Promise<void>,
  { onMessage, onLine }: PipesOptions,
): Promise<string | undefined> {
  const file = await open(path)
  const decoder = new TextDecoder()
  const buffer = Buffer.alloc(64 * 1024)
  let [rest, isOver, failure]: [string, boolean, string | undefined] = ['', false, undefined]
  const over = ended.then(
    () => {},
    () => {},
  )
  const take = (line: string) => {
    if (line.trim() === '') return
    const message = readMessage(line)
    if (typeof message === 'string') {
      onLine('warn', `A message of the program is not understood: ${message}`)
      return
    }
    if (message.method === 'closed' && message.params?.exception) {
      const { name, message: text } = message.params.exception
      failure = [name, text].filter(Boolean).join(': ')
    }
    onMessage(message)
  }
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer)
      if (bytesRead > 0) {
        const [...whole] = (rest + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n')
        rest = whole.pop() ?? ''
        for (const line of whole) take(line)
        continue
      }
      if (isOver) break
      isOver = await Promise.race([
        over.then(() => true),
        new Promise<false>((go) => setTimeout(() => go(false), pollMs)),
      ])
    }
    take(rest)
    return failure
  } finally {
    await file.close()
  }
}

function failed(file: string, why: string) {
  return orchestrateErrors.create('PIPES_FAILED', {
    message: `The program ${file} failed: ${why}.`,
    hint: 'What it printed stands in the log of the run.',
  })
}
