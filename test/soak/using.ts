import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sleep } from '../support/millrace.js'
import type { Dice } from '../support/random-writes.js'
import type { Broken } from './audit-failures.js'
import type { Counts } from './counts.js'
import { dayCount, dayKey, definitionsText } from './soak-files.js'
import type { SoakProcesses } from './soak-processes.js'

interface RunLine {
  readonly id: string
  readonly status: string
}

/** What people and programs do, chosen by dice. */
export class Using {
  /** The runs and backfills that the server said that it has. */
  readonly promised = { runs: new Set<string>(), backfills: new Set<string>() }
  /** When definitions.ts could not be read. */
  readonly broken: Broken[] = []
  readonly #processes: SoakProcesses
  readonly #dir: string
  readonly #dice: Dice
  readonly #counts: Counts
  #version = 1

  constructor(processes: SoakProcesses, dir: string, { dice, counts }: { dice: Dice; counts: Counts }) {
    this.#processes = processes
    this.#dir = dir
    this.#dice = dice
    this.#counts = counts
  }

  /** The server may be away: then it was not done. */
  async next(): Promise<void> {
    const choice = this.#dice.below(16)
    const act = async (what: string, work: () => Promise<unknown>) => {
      await work().then(
        () => this.#counts.add(what),
        () => this.#counts.add(`${what}, in vain`),
      )
    }
    if (choice < 3) return act('cancels', () => this.#cancel())
    if (choice < 5) return act('edits', () => this.#edit())
    if (choice < 7) return act('switches', () => this.#switch())
    if (choice < 9) return act('backfills', () => this.#backfill())
    if (choice < 10) return act('re-runs', () => this.#rerun())
    if (choice === 10) return act('cancelled backfills', () => this.#cancelBackfill())
    return act('requests', () => this.#request())
  }

  /** definitions.ts can be read. */
  async settle(): Promise<void> {
    await this.#write(definitionsText(++this.#version))
  }

  async #request(): Promise<void> {
    const selection = this.#dice.one([
      'ledger/long',
      'ledger/narrow_1 ledger/narrow_2',
      'ledger/keyed+',
      'ledger/flaky ledger/long+',
      '*',
    ])
    await this.#promisedRun('/materialize', { selection })
  }

  async #promisedRun(path: string, body: object): Promise<void> {
    this.promised.runs.add((await this.#processes.call<{ runId: string }>(path, { body })).runId)
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
    const mode = this.#dice.one(['all', 'from_failure'])
    if (runs.length > 0) await this.#promisedRun(`/runs/${this.#dice.one(runs).id}/rerun`, { mode })
  }

  async #backfill(): Promise<void> {
    const first = this.#dice.below(dayCount)
    const last = Math.min(dayCount - 1, first + this.#dice.below(20))
    const partitions = `${dayKey(first)}...${dayKey(last)}`
    const selection = this.#dice.one(['ledger/days', 'ledger/together', 'ledger/days ledger/together'])
    const body = { selection, partitions, perRun: 1 + this.#dice.below(4) }
    this.promised.backfills.add((await this.#processes.call<{ backfillId: string }>('/backfills', { body })).backfillId)
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
    if (this.#dice.below(6) > 0) return this.#write(text)
    const fromMs = Date.now()
    await this.#write(`${text}\nsyntax error (`)
    await sleep(1_500 + this.#dice.below(1_500))
    await this.#write(text)
    this.broken.push({ fromMs, untilMs: Date.now() })
  }

  async #write(text: string): Promise<void> {
    const path = join(this.#dir, 'orchestration/definitions.ts')
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  }
}
