import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openDuckDb, withConnection } from '../../src/warehouse/index.js'
import type { Dice } from './random-writes.js'
import type { SyncBench } from './sync-bench.js'

const child = fileURLToPath(new URL('sync-child.mjs', import.meta.url))
/** More of them take as long as one has time: docs/benchmarks.md says how many were tried. */
export const kills = Number(process.env.MILLRACE_CRASHES ?? 4)
export const seed = Number(process.env.MILLRACE_CRASH_SEED ?? 7)
export const patienceMs = 600_000 + kills * 10_000

/** Syncs of a connection as processes of their own, which are killed. */
export class KilledSyncs {
  readonly #bench: SyncBench
  readonly #children: ChildProcess[] = []

  constructor(bench: SyncBench) {
    this.#bench = bench
  }

  end(): void {
    for (const process of this.#children.splice(0)) process.kill('SIGKILL')
  }

  /** Starts a sync and kills it some time after it began. */
  async kill(dice: Dice): Promise<void> {
    const started = this.#start()
    const closed = once(started, 'close')
    await Promise.race([once(started.stdout as NodeJS.ReadableStream, 'data'), closed])
    await new Promise((resolve) => setTimeout(resolve, dice.below(900)))
    started.kill('SIGKILL')
    await closed
  }

  /** The result of a sync that nobody kills. */
  async finish(): Promise<{ readonly status: string; readonly error?: unknown }> {
    const started = this.#start()
    let output = ''
    started.stdout?.on('data', (text) => {
      output += text
    })
    await once(started, 'close')
    return JSON.parse(output.trim().split('\n').at(-1) ?? '')
  }

  #start(): ChildProcess {
    const { dir, path } = this.#bench
    const started = spawn(process.execPath, [child, dir, path('w.duckdb'), '100000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#children.push(started)
    return started
  }

  /** What is in the warehouse between two syncs. */
  async loaded(sql: string) {
    const warehouse = await openDuckDb({ path: this.#bench.path('w.duckdb') })
    try {
      return (await withConnection(warehouse, (connection) => connection.query(sql))).rows
    } finally {
      await warehouse.close()
    }
  }
}

/** The first rows that are on one side only, shortened. */
export function differences(here: readonly (readonly unknown[])[], there: readonly (readonly unknown[])[]): string[] {
  const [inHere, inThere] = [here, there].map((rows) => new Set(rows.map((row) => JSON.stringify(row)))) as [
    Set<string>,
    Set<string>,
  ]
  const short = (side: string, rows: readonly string[]) =>
    rows
      .slice(0, 5)
      .map((row) => `${side}: ${row.replace(/"[^"]{40,}"/g, (text) => `${text.slice(0, 20)}… (${text.length})`)}`)
  return [
    ...short(
      'only loaded',
      [...inHere].filter((row) => !inThere.has(row)),
    ),
    ...short(
      'only in the source',
      [...inThere].filter((row) => !inHere.has(row)),
    ),
  ]
}
