import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProcessAlive } from '../../src/base/index.js'
import { withSchema } from '../../src/metastore/index.js'
import { pidOf } from '../platform/pid-of.js'
import { type Command, eventually, millrace, sleep, type Up } from '../support/millrace.js'
import { Companion, type CompanionName, companionNames } from './companion.js'
import { Network } from './network.js'
import { hookSecret, launchingFolder } from './soak-files.js'

export type Part = 'engine' | 'server' | 'postgres' | 'supervisor' | 'run worker' | CompanionName

/** `millrace up` on a project and its companions beside it, all kept alive; PostgreSQL is the one that `up` starts. */
export class SoakProcesses {
  readonly url: string
  /** The one between the worker and the store. */
  readonly network: Network
  readonly #dir: string
  readonly #port: number
  readonly #ending = new AbortController()
  readonly #loops: Promise<void>[] = []
  readonly #said: string[] = []
  readonly #companions = new Map<CompanionName, Companion>()
  #up: Command | undefined

  constructor(dir: string, port: number) {
    this.#dir = dir
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
    this.network = new Network(() => this.#storeAccess().port)
  }

  /** All run from now on, and are started again whenever they end. */
  async start(): Promise<void> {
    this.#loops.push(this.#keepUp())
    await eventually('the project is known', () => this.call('/assets').catch(() => undefined), { withinMs: 60_000 })
    const networkPort = await this.network.listen()
    for (const name of companionNames) {
      const companion = new Companion(name, {
        projectDir: name === 'launching worker' ? join(this.#dir, launchingFolder) : this.#dir,
        storeUrl: () => this.storeUrl(name === 'worker' ? networkPort : undefined),
        signal: this.#ending.signal,
      })
      this.#companions.set(name, companion)
      this.#loops.push(companion.keep())
    }
  }

  async #keepUp(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      this.#up = millrace(this.#dir, ['up', '--no-run', '--port', String(this.#port)], {
        SOAK_HOOK_SECRET: hookSecret,
      })
      await this.#up.ended
      this.#said.push(this.#up.output())
      await sleep(200)
    }
  }

  #storeAccess(): { readonly port: number; readonly password: string } {
    return JSON.parse(readFileSync(join(this.#dir, '.millrace/postgres.access.json'), 'utf8'))
  }

  /** Where the store is; a supervisor that starts it anew may choose another port. @param throughPort leads there as well */
  storeUrl(throughPort?: number): string {
    const { port, password } = this.#storeAccess()
    return withSchema(`postgresql://millrace:${password}@127.0.0.1:${throughPort ?? port}/postgres`, 'public')
  }

  followStore(): void {
    for (const companion of this.#companions.values()) companion.followStore()
  }

  /** Undefined while it does not run. */
  async pid(part: Part): Promise<number | undefined> {
    const find = async () => {
      if (part === 'run worker') return this.runWorkers()[0]
      if (isCompanion(part)) return this.#companions.get(part)?.pid
      return pidOf(part, this.#dir, this.#up as Up | undefined)
    }
    const pid = await find().catch(() => undefined)
    return pid !== undefined && pid > 0 && isProcessAlive(pid) ? pid : undefined
  }

  /** The processes that carry out a launched run. */
  runWorkers(): readonly number[] {
    return this.all()
      .filter(({ command }) => command.includes('\0run-worker\0'))
      .map(({ pid }) => pid)
  }

  /** What runs on the project, whoever started it. */
  all(): readonly { readonly pid: number; readonly command: string }[] {
    return readdirSync('/proc').flatMap((name) => {
      const pid = Number(name)
      if (!Number.isInteger(pid) || pid === process.pid) return []
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return command.includes(this.#dir) ? [{ pid, command }] : []
      } catch {
        return []
      }
    })
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
    const companions = [...this.#companions.values()].map((one) => one.said())
    return [...this.#said, this.#up?.output() ?? '', ...companions].join('\n')
  }

  /** Ends all of them. @returns what is left over all the same, as command lines */
  async stop(): Promise<readonly string[]> {
    this.#ending.abort()
    await Promise.all([...this.#companions.values()].map((one) => one.stop()))
    this.#up?.process.kill('SIGINT')
    await Promise.all(this.#loops)
    this.network.close()
    return this.all().map(({ pid, command }) => `${pid} ${command.replaceAll('\0', ' ')}`)
  }
}

const isCompanion = (part: Part): part is CompanionName => (companionNames as readonly string[]).includes(part)
