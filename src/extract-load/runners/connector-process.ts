import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import { redact, signalGroup, throwIfAborted } from '../../base/index.js'
import { type ProgramRole, programError } from '../program-error.js'
import { lineBlocks } from '../protocol/line-blocks.js'
import { killContainer, removeContainer } from './container.js'
import { endedBadly, notStarted } from './ended-badly.js'
import { type CommandLine, shownName } from './program.js'

export interface ProcessOptions {
  readonly role: ProgramRole
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
  /** How long the program may say nothing, and take nothing, before it is taken for dead; for ever when left out. */
  readonly silenceMs?: number | undefined
  readonly onStderr: (line: string) => void
  /** It is given something to read: see `feed`. */
  readonly takesInput?: boolean | undefined
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
  #hasSpoken = false
  /** Whether it is for the program to do something: one that waits for its input owes no word. */
  #isItsTurn: boolean

  constructor(line: CommandLine, options: ProcessOptions) {
    this.#line = line
    this.#options = options
    this.#isItsTurn = options.takesInput !== true
    // A group of its own, so that a signal reaches what the program starts.
    this.#child = spawn(line.file, line.args, {
      cwd: options.cwd,
      detached: true,
      stdio: [options.takesInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      env: { ...otherVariables(process.env), PYTHONUNBUFFERED: '1' },
    })
    // Of a program that ends before somebody reads, Node would throw away what nobody listens to.
    this.#child.stdout?.on('readable', () => {})
    // What the program started and left behind holds its output open, and would let everybody wait.
    this.#child.once('exit', () => this.#signal('SIGKILL'))
    // One that ends before it has read everything: how it ended says more than a broken pipe.
    this.#child.stdin?.on('error', () => {})
    this.#child.once('error', (error) => {
      this.#startError = error
    })
    this.#ended = new Promise<void>((resolve) => {
      this.#child.once('close', () => resolve())
    }).then(() => this.#clearAway())
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

  /** Its output, as it comes, in blocks of whole lines. @throws SILENT and PROTOCOL_BROKEN of its role, ABORTED */
  async *output(): AsyncGenerator<Buffer> {
    const { stdout } = this.#child
    if (!stdout) return
    this.#expectWord()
    for await (const block of lineBlocks(stdout, (megabytes) => this.#tooLong(megabytes))) {
      // While what was read is worked on, nobody listens: that is no silence.
      clearTimeout(this.#watch)
      this.#hasSpoken = true
      yield block
      this.#expectWord()
    }
    clearTimeout(this.#watch)
    throwIfAborted(this.#options.signal)
    if (this.#isSilent) throw this.#silent()
  }

  /**
   * Gives it something to read, as fast as it takes it, and then the end of it. Its output must be read at the same time: a program that
   * finds nobody to hear it takes nothing any more. Where it ends before, the rest is not asked for.
   */
  async feed(pieces: AsyncIterable<Buffer | string>): Promise<void> {
    const { stdin } = this.#child
    if (!stdin) throw new Error('The program was started without an input.')
    for await (const piece of pieces) {
      if (stdin.destroyed) break
      if (stdin.write(piece)) continue
      this.#isItsTurn = true
      this.#expectWord()
      await drained(stdin)
      this.#isItsTurn = false
      clearTimeout(this.#watch)
    }
    stdin.end()
    this.#isItsTurn = true
    this.#expectWord()
  }

  #expectWord(): void {
    const { silenceMs } = this.#options
    clearTimeout(this.#watch)
    if (silenceMs === undefined || !this.#isItsTurn || this.#hasEnded) return
    this.#watch = setTimeout(() => {
      this.#isSilent = true
      this.#kill()
    }, silenceMs)
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #silent() {
    const { role, silenceMs = 0 } = this.#options
    const what = role === 'source' ? 'wrote nothing' : 'took no rows and wrote nothing'
    return programError(role, 'SILENT', {
      message: `The connector \`${shownName(this.#line)}\` ${what} for ${Math.round(silenceMs / 1000)} s, and was ended.`,
      hint: `If the ${role} really needs so long, set \`heartbeat_seconds\` of the connection to more.`,
    })
  }

  #tooLong(megabytes: number) {
    return programError(this.#options.role, 'PROTOCOL_BROKEN', {
      message: `The connector wrote more than ${megabytes} MB without ending the line.`,
      hint: 'A message of the Airbyte protocol is one line of JSON. Leave the stream with the huge values out, or ask who maintains the connector.',
    })
  }

  /**
   * Waits for the end. @throws PROGRAM_MISSING of its role when it could not be started, PROGRAM_FAILED when it did not end with 0,
   * SILENT, ABORTED
   */
  async exit(): Promise<void> {
    this.#expectWord()
    await this.#ended
    this.#forget()
    throwIfAborted(this.#options.signal)
    if (this.#isSilent) throw this.#silent()
    if (this.#startError) throw notStarted(this.#options.role, this.#line, this.#startError)
    const { exitCode, signalCode } = this.#child
    if (exitCode === 0) return
    throw endedBadly(this.#options.role, this.#line, {
      exitCode,
      signalCode,
      hasSpoken: this.#hasSpoken,
      lastLines: this.#tail,
    })
  }

  /** Ends the program, if it still runs, with everything that it started. */
  async stop(): Promise<void> {
    this.#kill()
    // Nobody reads any more what it still has to say; unread, it would never end.
    this.#child.stdout?.destroy()
    this.#child.stdin?.destroy()
    await this.#ended
    this.#forget()
  }

  /** A client that was ended may have left its container, or have been about to start it. */
  async #clearAway(): Promise<void> {
    const { container } = this.#line
    if (container && (this.#killer || this.#child.signalCode !== null)) await removeContainer(container)
  }

  #forget(): void {
    clearTimeout(this.#watch)
    clearTimeout(this.#killer)
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
  }

  #kill(): void {
    if (this.#killer || this.#hasEnded) return
    this.#signal('SIGTERM')
    const { container } = this.#line
    if (container) void killContainer(container)
    this.#killer = setTimeout(() => this.#signal('SIGKILL'), graceMs)
  }

  #signal(signal: NodeJS.Signals): void {
    signalGroup(this.#child.pid, signal)
  }
}

/** The environment without what is ours: where the store is, and dbt's secrets. */
const otherVariables = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:MILLRACE_|DATABASE_URL$|DBT_ENV_SECRET)/.test(name)))

/** Until a pipe takes more, or is closed. */
function drained(pipe: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      pipe.off('drain', done)
      pipe.off('close', done)
      resolve()
    }
    pipe.once('drain', done)
    pipe.once('close', done)
  })
}
