import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { sleep } from '../support/millrace.js'
import type { Dice } from '../support/random-writes.js'
import { companionNames } from './companion.js'
import { dayCount, dayKey, definitionsText } from './soak-files.js'
import type { Part, SoakProcesses } from './soak-processes.js'

/** When a process was stopped for a while, in which others may take over what it holds. */
export interface Frozen {
  readonly pid: number
  readonly fromMs: number
  readonly untilMs: number
}

const restarted = ['engine', 'server', ...companionNames] as const
const everything: readonly Part[] = ['supervisor', 'postgres', 'run worker', ...restarted]

interface RunLine {
  readonly id: string
  readonly status: string
}

/** What is done to the processes and by their users, chosen by dice. */
export class Disturbances {
  readonly counts: Record<string, number> = {}
  readonly frozen: Frozen[] = []
  readonly #processes: SoakProcesses
  readonly #dir: string
  readonly #dice: Dice
  readonly #say: (text: string) => void
  #version = 1

  constructor(processes: SoakProcesses, dir: string, { dice, say }: { dice: Dice; say: (text: string) => void }) {
    this.#processes = processes
    this.#dir = dir
    this.#dice = dice
    this.#say = say
  }

  /** One of them. Names repeat as often as they are likely. */
  async kill(): Promise<void> {
    const dice = this.#dice
    const choice = dice.below(32)
    if (choice < 5) return this.#tell(['engine'], 'SIGKILL')
    if (choice < 9) return this.#tell(['second engine'], 'SIGKILL')
    if (choice < 11) return this.#tell(['server'], 'SIGKILL')
    if (choice < 13) return this.#tell(['postgres'], 'SIGKILL')
    if (choice === 13) return this.#tell(['postgres'], 'SIGINT')
    if (choice === 14) return this.#killSession()
    if (choice === 15) return this.#tell(['supervisor'], 'SIGKILL')
    if (choice === 16) return this.#tell(['supervisor'], 'SIGINT')
    if (choice === 17) return this.#tell(everything, 'SIGKILL')
    if (choice < 20) return this.#tell([dice.one(restarted)], 'SIGTERM')
    if (choice < 22) return this.#freeze(dice.one(restarted))
    if (choice < 24) return this.#tell(['worker'], 'SIGKILL')
    if (choice < 26) return this.#tell(['launching worker'], 'SIGKILL')
    if (choice < 29) return this.#tell(['run worker'], 'SIGKILL')
    if (choice === 29) return this.#tell(['daemon'], 'SIGKILL')
    return this.#cut()
  }

  /** What people and programs do meanwhile. The server may be away: then it was not done. */
  async use(): Promise<void> {
    const dice = this.#dice
    const choice = dice.below(16)
    const act = async (what: string, work: () => Promise<unknown>) => {
      await work().then(
        () => this.#count(what),
        () => this.#count(`${what}, in vain`),
      )
    }
    if (choice < 3) return act('cancels', () => this.#cancel())
    if (choice < 5) return act('edits', () => this.#edit())
    if (choice < 7) return act('switches', () => this.#switch())
    if (choice < 9) return act('backfills', () => this.#backfill())
    if (choice < 10) return act('re-runs', () => this.#rerun())
    if (choice === 10) return act('cancelled backfills', () => this.#cancelBackfill())
    const selections = [
      'ledger/long',
      'ledger/narrow_1 ledger/narrow_2',
      'ledger/keyed+',
      'ledger/flaky ledger/long+',
      '*',
    ]
    return act('requests', () => this.#processes.call('/materialize', { body: { selection: dice.one(selections) } }))
  }

  /** All is on, and definitions.ts can be read. */
  async settle(): Promise<void> {
    await this.#write(definitionsText(++this.#version))
  }

  async #tell(parts: readonly Part[], signal: NodeJS.Signals): Promise<void> {
    for (const part of parts)
      if ((await this.#processes.signal(part, signal)) !== undefined) this.#count(`${signal} ${part}`)
    this.#say(`${signal} ${parts.join(', ')}`)
  }

  /** One session of the server is killed: PostgreSQL ends all of them and recovers. */
  async #killSession(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#processes.storeUrl().replace(/\?.*/, '') })
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query(
        "select pid from pg_stat_activity where application_name = 'millrace' and pid <> pg_backend_pid() order by random() limit 1",
      )
      if (rows[0]) {
        process.kill(rows[0].pid, 'SIGKILL')
        this.#count('SIGKILL session')
        this.#say('SIGKILL of a session')
      }
    } catch {
      // The server is away.
    } finally {
      await client.end().catch(() => {})
    }
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
    this.#count(`SIGSTOP ${part}`)
    this.#say(`SIGCONT ${part}`)
  }

  /** Longer than a lease, or not: others may have the worker's runs when it is there again. */
  async #cut(): Promise<void> {
    const isSilent = this.#dice.below(2) === 0
    const fromMs = Date.now()
    const pid = await this.#processes.pid('worker')
    this.#say(`the worker is cut off, ${isSilent ? 'and not told' : 'and refused'}`)
    const { network } = this.#processes
    await (isSilent
      ? network.silence(5_000 + this.#dice.below(20_000))
      : network.down(2_000 + this.#dice.below(20_000)))
    if (pid !== undefined) this.frozen.push({ pid, fromMs, untilMs: Date.now() })
    this.#count('worker cut off')
    this.#say('the worker is there again')
  }

  async #runs(statuses: string): Promise<readonly RunLine[]> {
    return (await this.#processes.call<{ runs: RunLine[] }>(`/runs?status=${statuses}&limit=50`)).runs
  }

  async #cancel(): Promise<void> {
    const runs = await this.#runs('queued,starting,running')
    if (runs.length > 0) await this.#processes.call(`/runs/${this.#dice.one(runs).id}/cancel`, { body: {} })
  }

  async #rerun(): Promise<void> {
    const runs = await this.#runs('failed,cancelled')
    const how = this.#dice.one(['all', 'from_failure'])
    if (runs.length > 0) await this.#processes.call(`/runs/${this.#dice.one(runs).id}/rerun`, { body: { mode: how } })
  }

  async #backfill(): Promise<void> {
    const first = this.#dice.below(dayCount)
    const last = Math.min(dayCount - 1, first + this.#dice.below(20))
    const partitions = `${dayKey(first)}...${dayKey(last)}`
    const selection = this.#dice.one(['ledger/days', 'ledger/together', 'ledger/days ledger/together'])
    await this.#processes.call('/backfills', { body: { selection, partitions, perRun: 1 + this.#dice.below(4) } })
  }

  async #cancelBackfill(): Promise<void> {
    const { backfills } = await this.#processes.call<{ backfills: { id: string; endedAt?: string }[] }>('/backfills')
    const going = backfills.filter(({ endedAt }) => endedAt === undefined)
    if (going.length > 0) await this.#processes.call(`/backfills/${this.#dice.one(going).id}/cancel`, { body: {} })
  }

  async #switch(): Promise<void> {
    const name = this.#dice.one(['toggled', 'asset_conditions', 'rows', 'load'])
    await this.#processes.call(`/automation/${name}`, { method: 'PUT', body: { isOn: false } })
    await sleep(this.#dice.below(3_000))
    for (let i = 0; i < 50; i++) {
      const isOn = await this.#processes.call(`/automation/${name}`, { method: 'PUT', body: { isOn: true } }).then(
        () => true,
        () => false,
      )
      if (isOn) return
      await sleep(500)
    }
  }

  async #edit(): Promise<void> {
    const text = definitionsText(++this.#version)
    if (this.#dice.below(6) === 0) {
      await this.#write(`${text}\nsyntax error (`)
      await sleep(1_500 + this.#dice.below(1_500))
    }
    await this.#write(text)
  }

  async #write(text: string): Promise<void> {
    const path = join(this.#dir, 'orchestration/definitions.ts')
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }
}
