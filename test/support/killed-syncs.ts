import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Connection, readConnections, type StreamResult, syncConnection } from '../../src/extract-load/index.js'
import { openDuckDb, type Warehouse, withConnection } from '../../src/warehouse/index.js'
import type { SyncBench } from './sync-bench.js'

const child = fileURLToPath(new URL('sync-child.mjs', import.meta.url))
/** More of them take as long as one has time: docs/benchmarks.md says how many were tried. */
export const kills = Number(process.env.MILLRACE_CRASHES ?? 4)
export const seed = Number(process.env.MILLRACE_CRASH_SEED ?? 7)
export const patienceMs = 600_000 + kills * 10_000

type SyncProcess = ChildProcessByStdio<null, Readable, null>

interface ProcessOptions {
  /** A file of DuckDB's, or a database as JSON. */
  readonly warehouse?: string
  /** Its files may not grow beyond that. */
  readonly maxFileKb?: number
  /** It dies before a statement with this text. */
  readonly diesAt?: string
}

/** Syncs of a connection as processes of their own, which are killed or starved; and here, to their end. */
export class KilledSyncs {
  readonly #bench: SyncBench
  readonly #checkpointBytes: number | undefined
  readonly #children: SyncProcess[] = []

  constructor(bench: SyncBench, checkpointBytes?: number) {
    this.#bench = bench
    this.#checkpointBytes = checkpointBytes
  }

  end(): void {
    for (const process of this.#children.splice(0)) process.kill('SIGKILL')
  }

  /** Starts a sync and kills it some time after it began. */
  async kill(delayMs: number): Promise<void> {
    await this.killOnce(async (started) => {
      await once(started.stdout, 'data')
      await new Promise((resolve) => setTimeout(resolve, delayMs))
    })
  }

  /** Starts a sync and kills it once something has happened, unless it is over before. */
  async killOnce(happened: (started: SyncProcess) => Promise<unknown>): Promise<void> {
    const started = this.#start({})
    const closed = once(started, 'close')
    await Promise.race([happened(started), closed])
    started.kill('SIGKILL')
    await closed
  }

  /** Starts a sync that dies before a statement with this text. @returns whether it came so far */
  async dieAt(diesAt: string): Promise<boolean> {
    const started = this.#start({ diesAt })
    const closed = once(started, 'close')
    started.stdout.resume()
    const [, signal] = await closed
    return signal === 'SIGKILL'
  }

  /** The result of a sync in a process of its own that nobody kills. */
  async finishApart(options: ProcessOptions): Promise<StreamResult> {
    const started = this.#start(options)
    let output = ''
    started.stdout.on('data', (text) => {
      output += text
    })
    await once(started, 'close')
    return JSON.parse(output.trim().split('\n').at(-1) ?? '')
  }

  /** The result of a sync in this process, which is there sooner. */
  finish(): Promise<StreamResult> {
    return this.#withWarehouse(async (warehouse) => {
      const { dir, path } = this.#bench
      const { connections } = await readConnections(dir, path('el'), { env: {} })
      const { streams } = await syncConnection({
        connection: connections[0] as Connection,
        projectDir: dir,
        warehouse,
        checkpoint: this.#checkpointBytes === undefined ? undefined : { bytes: this.#checkpointBytes, ms: 60_000 },
        onEvent: () => {},
      })
      return (streams.find(({ status }) => status !== 'succeeded') ?? streams[0]) as StreamResult
    })
  }

  /** What is in the warehouse between two syncs. */
  loaded(sql: string) {
    return this.#withWarehouse(
      async (warehouse) => (await withConnection(warehouse, (connection) => connection.query(sql))).rows,
    )
  }

  #start({ warehouse = this.#bench.path('w.duckdb'), maxFileKb, diesAt = '' }: ProcessOptions): SyncProcess {
    const checkpoint = this.#checkpointBytes === undefined ? [] : [String(this.#checkpointBytes)]
    const command = [process.execPath, child, this.#bench.dir, warehouse, ...checkpoint]
    const limit = maxFileKb === undefined ? '' : `ulimit -f ${maxFileKb}; `
    const started = spawn('bash', ['-c', `${limit}exec "$@"`, 'bash', ...command], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, MILLRACE_DIES_AT: diesAt },
    })
    this.#children.push(started)
    return started
  }

  async #withWarehouse<T>(use: (warehouse: Warehouse) => Promise<T>): Promise<T> {
    const warehouse = await openDuckDb({ path: this.#bench.path('w.duckdb') })
    try {
      return await use(warehouse)
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
