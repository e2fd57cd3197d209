import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProcessAlive } from '../../src/base/index.js'
import { withSchema } from '../../src/metastore/index.js'
import { pidOf } from '../platform/pid-of.js'
import { type Command, eventually, millrace, sleep, type Up } from '../support/millrace.js'

export type Part = 'engine' | 'server' | 'postgres' | 'supervisor' | 'second engine'

/** `millrace up` on a project and a second engine beside it, both kept alive; PostgreSQL is the one that `up` starts. */
export class SoakProcesses {
  readonly url: string
  readonly #dir: string
  readonly #port: number
  readonly #secondState: string
  readonly #ending = new AbortController()
  readonly #loops: Promise<void>[] = []
  readonly #said: string[] = []
  #up: Command | undefined
  #second: { readonly command: Command; readonly store: string } | undefined

  constructor(dir: string, port: number) {
    this.#dir = dir
    this.#port = port
    this.#secondState = join(dir, '.second')
    this.url = `http://127.0.0.1:${port}`
  }

  /** Both run from now on, and are started again whenever they end. */
  async start(): Promise<void> {
    this.#loops.push(this.#keepUp())
    await eventually('the project is known', () => this.call('/assets').catch(() => undefined), { withinMs: 60_000 })
    this.#loops.push(this.#keepSecond())
  }

  async #keepUp(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      this.#up = millrace(this.#dir, ['up', '--no-run', '--port', String(this.#port)])
      await this.#up.ended
      this.#said.push(this.#up.output())
      await sleep(200)
    }
  }

  async #keepSecond(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const store = this.storeUrl()
      const command = millrace(this.#dir, ['engine'], {
        MILLRACE_STATE_DIR: this.#secondState,
        MILLRACE_METASTORE_URL: store,
      })
      this.#second = { command, store }
      await command.ended
      this.#said.push(command.output())
      await sleep(500)
    }
  }

  /** Where the store is; a supervisor that starts it anew may choose another port. */
  storeUrl(): string {
    const { port, password } = JSON.parse(readFileSync(join(this.#dir, '.millrace/postgres.access.json'), 'utf8'))
    return withSchema(`postgresql://millrace:${password}@127.0.0.1:${port}/postgres`, 'public')
  }

  /** The second engine was told the address once: where the store has another one by now, it is started again. */
  followStore(): void {
    if (this.#second && this.#second.store !== this.storeUrl()) this.#second.command.process.kill('SIGKILL')
  }

  /** Undefined while it does not run. */
  async pid(part: Part): Promise<number | undefined> {
    const find = async () => {
      if (part === 'second engine') return this.#second?.command.process.pid
      return pidOf(part, this.#dir, this.#up as Up | undefined)
    }
    const pid = await find().catch(() => undefined)
    return pid !== undefined && pid > 0 && isProcessAlive(pid) ? pid : undefined
  }

  /** Answers the process; undefined where there was none to tell. */
  async signal(part: Part, signal: NodeJS.Signals): Promise<number | undefined> {
    const pid = await this.pid(part)
    if (pid === undefined) return undefined
    try {
      process.kill(pid, signal)
      return pid
    } catch {
      return undefined
    }
  }

  /** @throws what the server refuses, and where it is away */
  async call<T>(path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}): Promise<T> {
    const response = await fetch(`${this.url}/api${path}`, {
      method: body === undefined ? method : method === 'GET' ? 'POST' : method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(20_000),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(answer)}`)
    return answer as T
  }

  /** Everything that was printed. */
  said(): string {
    return [...this.#said, this.#up?.output() ?? '', this.#second?.command.output() ?? ''].join('\n')
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    this.#second?.command.process.kill('SIGINT')
    await this.#second?.command.ended
    this.#up?.process.kill('SIGINT')
    await Promise.all(this.#loops)
  }
}
