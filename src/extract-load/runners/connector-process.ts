import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { redact, throwIfAborted } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'
import { lineBlocks } from '../protocol/line-blocks.js'
import type { CommandLine } from './program.js'

export interface ProcessOptions {
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
  /** How long the program may say nothing before it is taken for dead; for ever when left out. */
  readonly silenceMs?: number | undefined
  readonly onStderr: (line: string) => void
}

/** How long a program has to end by itself once it was asked to. */
const graceMs = 10_000
/** The last lines of what it wrote on stderr, for the error. */
const tailLines = 20

/** A running connector. Its output is read only as fast as somebody asks for it, and it ends with everything that it started. */
export class ConnectorProcess {
  readonly #child: ChildProcess
  readonly #line: CommandLine
  readonly #options: ProcessOptions
  readonly #tail: string[] = []
  readonly #ended: Promise<void>
  #startError: NodeJS.ErrnoException | undefined
  #killer: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined
  #isSilent = false

  constructor(line: CommandLine, options: ProcessOptions) {
    this.#line = line
    this.#options = options
    // A group of its own, so that a signal reaches what the program starts.
    this.#child = spawn(line.file, line.args, {
      cwd: options.cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...otherVariables(process.env), PYTHONUNBUFFERED: '1' },
    })
    // Of a program that ends before somebody reads, Node would throw away what nobody listens to.
    this.#child.stdout?.on('readable', () => {})
    // What the program started and left behind holds its output open, and would let everybody wait.
    this.#child.once('exit', () => this.#signal('SIGKILL'))
    this.#child.once('error', (error) => {
      this.#startError = error
    })
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => resolve())
    })
    if (this.#child.stderr)
      createInterface({ input: this.#child.stderr }).on('line', (text) => {
        const shown = redact(text)
        this.#tail.push(shown)
        if (this.#tail.length > tailLines) this.#tail.shift()
        options.onStderr(shown)
      })
    options.signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (options.signal?.aborted) this.#onAbort()
  }

  readonly #onAbort = () => this.#kill()

  /** Its output, as it comes, in blocks of whole lines. @throws SOURCE_SILENT, ABORTED */
  async *output(): AsyncGenerator<Buffer> {
    const { stdout } = this.#child
    if (!stdout) return
    this.#expectWord()
    for await (const block of lineBlocks(stdout)) {
      // While what was read is worked on, nobody listens: that is no silence.
      clearTimeout(this.#watch)
      yield block
      this.#expectWord()
    }
    clearTimeout(this.#watch)
    throwIfAborted(this.#options.signal)
    if (this.#isSilent)
      throw extractLoadErrors.create('SOURCE_SILENT', {
        message: `The connector \`${this.#line.file}\` wrote nothing for ${Math.round((this.#options.silenceMs ?? 0) / 1000)} s, and was ended.`,
        hint: 'If the source really needs so long, set `heartbeat_seconds` of the connection to more.',
      })
  }

  #expectWord(): void {
    const { silenceMs } = this.#options
    if (silenceMs === undefined) return
    this.#watch = setTimeout(() => {
      this.#isSilent = true
      this.#kill()
    }, silenceMs)
  }

  /**
   * Waits for the end. @throws SOURCE_PROGRAM_MISSING when it could not be started, SOURCE_PROGRAM_FAILED when it did not end with 0,
   * ABORTED
   */
  async exit(): Promise<void> {
    await this.#ended
    this.#forget()
    throwIfAborted(this.#options.signal)
    if (this.#startError) throw notStarted(this.#line, this.#startError)
    const { exitCode, signalCode } = this.#child
    if (exitCode === 0) return
    const last = this.#tail.filter((line) => line.trim() !== '').join('\n')
    throw extractLoadErrors.create('SOURCE_PROGRAM_FAILED', {
      message: `The connector \`${this.#line.file}\` ended with ${signalCode ? `the signal ${signalCode}` : `exit code ${exitCode}`}.${last && `\n${last}`}`,
      hint: 'What it wrote before stands in the log of the run.',
    })
  }

  /** Ends the program, if it still runs, with everything that it started. */
  async stop(): Promise<void> {
    this.#kill()
    // Nobody reads any more what it still has to say; unread, it would never end.
    this.#child.stdout?.destroy()
    await this.#ended
    this.#forget()
  }

  #forget(): void {
    clearTimeout(this.#watch)
    clearTimeout(this.#killer)
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
  }

  #kill(): void {
    if (this.#killer || this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#signal('SIGTERM')
    const { kill } = this.#line
    if (kill) execFile(kill.file, kill.args, () => {})
    this.#killer = setTimeout(() => this.#signal('SIGKILL'), graceMs)
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // The group is gone already.
    }
  }
}

/** The environment without what is ours: where the store is, and dbt's secrets. */
const otherVariables = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:MILLRACE_|DATABASE_URL$|DBT_ENV_SECRET)/.test(name)))

function notStarted({ file }: CommandLine, error: NodeJS.ErrnoException) {
  const isMissing = error.code === 'ENOENT'
  return extractLoadErrors.create('SOURCE_PROGRAM_MISSING', {
    message: isMissing
      ? `The program \`${file}\` was not found.`
      : `The program \`${file}\` could not be started: ${error.message}`,
    hint: isMissing
      ? 'Install it, or name it by its path: a path is meant from the folder of the project, a bare name is looked for in PATH.'
      : 'Look whether the file may be executed by this user.',
    cause: error,
  })
}
