import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isProcessAlive } from '../../src/base/index.js'
import { withSchema } from '../../src/metastore/index.js'
import { pidOf } from '../platform/pid-of.js'
import { Cable } from '../support/cable.js'
import { eventually, millrace, type Up } from '../support/millrace.js'
import { KeptProcess } from './kept-process.js'
import { hookSecret, launchingSettings, linkedParts } from './soak-files.js'

/** Processes that stand by themselves, each at the end of a cable of its own to the store. */
export const machines = ['worker', 'launching worker', 'second launching worker', 'daemon'] as const
export type Machine = (typeof machines)[number]
export type Part = 'engine' | 'server' | 'postgres' | 'supervisor' | 'run worker' | Machine

interface Standing {
  readonly kept: KeptProcess
  readonly cable: Cable
}

/**
 * `millrace up` on a project, and around it what production has: a worker that executes runs, two that launch run workers, and a
 * daemon. All are kept alive; PostgreSQL is the one that `up` starts.
 */
export class SoakProcesses {
  readonly url: string
  readonly #dir: string
  readonly #port: number
  readonly #launchingDir: string
  readonly #machines = new Map<Machine, Standing>()
  #up: KeptProcess | undefined

  constructor(dir: string, port: number) {
    this.#dir = dir
    this.#port = port
    this.#launchingDir = join(dir, '.launching')
    this.url = `http://127.0.0.1:${port}`
  }

  /** All run from now on, and are started again whenever they end. */
  async start(): Promise<void> {
    this.#up = new KeptProcess(() =>
      millrace(this.#dir, ['up', '--no-run', '--port', String(this.#port)], { SOAK_HOOK_SECRET: hookSecret }),
    )
    await eventually('the project is known', () => this.call('/assets').catch(() => undefined), { withinMs: 60_000 })
    await this.#linkLaunchingDir()
    await this.#add('worker', this.#dir, 'worker')
    await this.#add('launching worker', this.#launchingDir, 'worker')
    await this.#add('second launching worker', this.#launchingDir, 'worker')
    await this.#add('daemon', this.#dir, 'daemon')
  }

  /** The same project with other settings, as another machine may have it. */
  async #linkLaunchingDir(): Promise<void> {
    await mkdir(this.#launchingDir)
    await writeFile(join(this.#launchingDir, 'millrace.yaml'), launchingSettings)
    for (const name of linkedParts) await symlink(join(this.#dir, name), join(this.#launchingDir, name))
  }

  async #add(machine: Machine, projectDir: string, command: string): Promise<void> {
    const cable = await Cable.lay(() => this.#access().port)
    const { password } = this.#access()
    const env = {
      MILLRACE_STATE_DIR: join(this.#dir, `.state-${command}-${this.#machines.size}`),
      MILLRACE_METASTORE_URL: addressOf(cable.port, password),
    }
    this.#machines.set(machine, { cable, kept: new KeptProcess(() => millrace(projectDir, [command], env)) })
  }

  /** A supervisor that starts the store anew may choose another port. */
  #access(): { readonly port: number; readonly password: string } {
    return JSON.parse(readFileSync(join(this.#dir, '.millrace/postgres.access.json'), 'utf8'))
  }

  /** Where the store is, without a cable. */
  storeUrl(): string {
    const { port, password } = this.#access()
    return addressOf(port, password)
  }

  cableOf(machine: Machine): Cable {
    return this.#standing(machine).cable
  }

  /** See `KeptProcess.replace`. */
  replace(machine: Machine): Promise<string | undefined> {
    return this.#standing(machine).kept.replace()
  }

  #standing(machine: Machine): Standing {
    const standing = this.#machines.get(machine)
    if (!standing) throw new Error(`There is no ${machine} yet`)
    return standing
  }

  /** Undefined while it does not run. Of run workers, any one. */
  async pid(part: Part): Promise<number | undefined> {
    const pid = await this.#find(part).catch(() => undefined)
    return pid !== undefined && pid > 0 && isProcessAlive(pid) ? pid : undefined
  }

  async #find(part: Part): Promise<number | undefined> {
    if (part === 'run worker') {
      const pids = await this.runWorkers()
      return pids[Math.floor(Math.random() * pids.length)]
    }
    const machine = machines.find((one) => one === part)
    if (machine) return this.#standing(machine).kept.command.process.pid
    return pidOf(part as Exclude<Part, Machine | 'run worker'>, this.#dir, this.#up?.command as Up | undefined)
  }

  /** Those that are there, whoever launched them. */
  async runWorkers(): Promise<readonly number[]> {
    const found = (await this.all()).filter(({ line }) => line.includes('run-worker'))
    return found.map(({ pid }) => pid)
  }

  /** All processes whose command line names the project. */
  async all(): Promise<readonly { readonly pid: number; readonly line: string }[]> {
    const found: { pid: number; line: string }[] = []
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue
      const text = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
      if (text.includes(this.#dir)) found.push({ pid: Number(name), line: text.replaceAll('\0', ' ').trim() })
    }
    return found
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
    const each = [...this.#machines].map(([machine, { kept }]) => `===== ${machine}\n${kept.said()}`)
    return [`===== up\n${this.#up?.said() ?? ''}`, ...each].join('\n')
  }

  /** @returns what did not end when it was asked to, a line each */
  async stop(): Promise<string[]> {
    const late: string[] = []
    for (const [name, { kept, cable }] of this.#machines) {
      cable.mend()
      if ((await kept.stop()) === undefined) late.push(`${name} did not end`)
      cable.close()
    }
    if (this.#up && (await this.#up.stop()) === undefined) late.push('up did not end')
    return late
  }
}

const addressOf = (port: number, password: string) =>
  withSchema(`postgresql://millrace:${password}@127.0.0.1:${port}/postgres`, 'public')
