import pg from 'pg'
import { sleep } from '../support/millrace.js'
import type { Dice } from '../support/random-writes.js'
import type { Counts } from './counts.js'
import { connected } from './growing-sources.js'
import { type Machine, machines, type Part, type SoakProcesses } from './soak-processes.js'

/** When a process was stopped for a while, in which others may take over what it holds. */
export interface Frozen {
  readonly pid: number
  readonly fromMs: number
  readonly untilMs: number
}

const everything: readonly Part[] = [
  'engine',
  'server',
  'postgres',
  'supervisor',
  'run worker',
  'worker',
  'launching worker',
  'second launching worker',
  'daemon',
]

/** What is done to processes and cables, chosen by dice. */
export class Killing {
  readonly frozen: Frozen[] = []
  /** What did not end when it was asked to. */
  readonly late: string[] = []
  readonly #processes: SoakProcesses
  readonly #dice: Dice
  readonly #counts: Counts
  readonly #say: (text: string) => void
  readonly #mending = new Set<Promise<void>>()
  /** Each as often as it stands here, among all of them. */
  readonly #ways: readonly (() => Promise<void>)[]

  constructor(
    processes: SoakProcesses,
    { dice, counts, say }: { dice: Dice; counts: Counts; say: (text: string) => void },
  ) {
    this.#processes = processes
    this.#dice = dice
    this.#counts = counts
    this.#say = say
    const weights: readonly (readonly [number, () => Promise<void>])[] = [
      [3, () => this.#tell(['engine'], 'SIGKILL')],
      [4, () => this.#tell(['worker'], 'SIGKILL')],
      [2, () => this.#tell(['launching worker'], 'SIGKILL')],
      [2, () => this.#tell(['second launching worker'], 'SIGKILL')],
      [4, () => this.#tellRunWorker(['run worker'])],
      [1, () => this.#tellRunWorker(['launching worker', 'run worker'])],
      [2, () => this.#tell(['daemon'], 'SIGKILL')],
      [2, () => this.#tell(['server'], 'SIGKILL')],
      [2, () => this.#tell(['postgres'], 'SIGKILL')],
      [1, () => this.#tell(['postgres'], 'SIGINT')],
      [1, () => this.#killSession()],
      [1, () => this.#tell(['supervisor'], 'SIGKILL')],
      [1, () => this.#tell(['supervisor'], 'SIGINT')],
      [1, () => this.#tell(everything, 'SIGKILL')],
      [1, () => this.#tell([this.#dice.one(['engine', 'server', 'run worker'] as const)], 'SIGTERM')],
      [4, () => this.#replace(this.#dice.one(machines))],
      [4, () => this.#cut(this.#dice.one(machines))],
      [2, () => this.#freeze(this.#dice.one(['engine', 'server', 'run worker', ...machines] as const))],
    ]
    this.#ways = weights.flatMap(([weight, way]) => Array.from({ length: weight }, () => way))
  }

  async next(): Promise<void> {
    await this.#dice.one(this.#ways)()
  }

  /** Every cable is whole again. */
  async mended(): Promise<void> {
    await Promise.all(this.#mending)
  }

  async #tell(parts: readonly Part[], signal: NodeJS.Signals): Promise<void> {
    for (const part of parts)
      if ((await this.#processes.signal(part, signal)) === undefined) this.#say(`there is no ${part}`)
      else this.#counts.add(`${signal} ${part}`)
    this.#say(`${signal} ${parts.length === everything.length ? 'everything' : parts.join(', ')}`)
  }

  /** As soon as there is one, at any moment of its life. */
  async #tellRunWorker(parts: readonly Part[]): Promise<void> {
    for (let i = 0; i < 100 && (await this.#processes.runWorkers()).length === 0; i++) await sleep(100)
    await sleep(this.#dice.below(2_500))
    await this.#tell(parts, 'SIGKILL')
  }

  /** One session of the server is killed: PostgreSQL ends all of them and recovers. */
  async #killSession(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#processes.storeUrl().replace(/\?.*/, '') })
    await connected(client, async () => {
      const { rows } = await client.query(
        "select pid from pg_stat_activity where application_name = 'millrace' and pid <> pg_backend_pid() order by random() limit 1",
      )
      if (!rows[0]) return
      process.kill(rows[0].pid, 'SIGKILL')
      this.#counts.add('SIGKILL session')
      this.#say('SIGKILL of a session')
    }).catch(() => {
      // The server is away.
    })
  }

  async #replace(machine: Machine): Promise<void> {
    this.#say(`rolling restart of ${machine}`)
    const how = await this.#processes.replace(machine)
    this.#counts.add(`rolling restart of ${machine}`)
    this.#say(`the old ${machine} ended: ${how ?? 'not at all'}`)
    if (how === undefined) this.late.push(`${machine} at ${new Date().toISOString()}`)
  }

  /** What is killed and restarted meanwhile, is so at a machine that is cut off. */
  async #cut(machine: Machine): Promise<void> {
    const cable = this.#processes.cableOf(machine)
    if (cable.isCut) return
    const how = this.#dice.one(['silent', 'silent', 'torn'] as const)
    const forMs = 1_000 + this.#dice.below(24_000)
    cable.cut(how)
    this.#counts.add(`${how} network of ${machine}`)
    this.#say(`${machine} is cut off (${how}) for ${Math.round(forMs / 1000)} s`)
    const mending = sleep(forMs).then(() => {
      cable.mend()
      this.#say(`${machine} has its network again`)
      this.#mending.delete(mending)
    })
    this.#mending.add(mending)
  }

  /** Longer than a lease: another engine has its runs when it goes on. */
  async #freeze(part: Part): Promise<void> {
    const pid = await this.#processes.signal(part, 'SIGSTOP')
    if (pid === undefined) return
    const fromMs = Date.now()
    this.#say(`SIGSTOP ${part}`)
    await sleep(5_000 + this.#dice.below(15_000))
    try {
      process.kill(pid, 'SIGCONT')
    } catch {
      // It was ended meanwhile.
    }
    this.frozen.push({ pid, fromMs, untilMs: Date.now() })
    this.#counts.add(`SIGSTOP ${part}`)
    this.#say(`SIGCONT ${part}`)
  }
}
