import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './example-copy.js'
import { dagster } from './figure.js'

const script = join(import.meta.dirname, 'dagster_peer.py')

/** Runs a mode of `dagster_peer.py` in a folder of its own and answers what it measured; undefined where there is no Dagster. */
async function measure<T>(...args: readonly (string | number)[]): Promise<T | undefined> {
  if (dagster.command === undefined) return undefined
  const cwd = await mkdtemp(join(tmpdir(), 'millrace-bench-dagster-'))
  try {
    const { stdout } = await run(dagster.command, [script, ...args.map(String)], { cwd, maxBuffer: 1e8 })
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
}

/** Seconds from typing `dagster dev` to its page, and to its assets. */
export interface DagsterStart {
  readonly page: number
  readonly assets: number
  readonly count: number
}

export interface DagsterServing extends DagsterStart {
  /** Seconds from the request to the end of each run, and to the start of its step. */
  readonly runs: readonly number[]
  readonly starts: readonly number[]
  /** Of all of its processes, once it was left alone. */
  readonly megabytes: number
  readonly processes: number
}

const served = new Map<number, Promise<DagsterServing | undefined>>()
const launches = 20
/** One run of it with ten thousand assets takes 40 s. */
const launchesOfMany = 2
const idleSeconds = 20

/** Its web server, daemon and code server with so many assets: measured once, several figures ask. */
export function dagsterServing(count: number): Promise<DagsterServing | undefined> {
  const known = served.get(count) ?? measure('serve', count, count > 1 ? launchesOfMany : launches, idleSeconds)
  served.set(count, known)
  return known
}

/** A dbt project in that folder, parsed by dbt as it starts: nothing known of it, and once more. */
export const dagsterModels = (project: string) =>
  measure<{ readonly first: DagsterStart; readonly again: DagsterStart }>('models', project)

/** Seconds. @param made how many of 100 000 partitions are made */
export const dagsterPartitions = (made: number) =>
  measure<{ readonly page: number; readonly backfill: number; readonly count: number }>('partitions', made)

/** Makes one asset so often, with its storage in a PostgreSQL. */
export const dagsterEvents = (url: string, runs: number) => measure<{ readonly runs: number }>('events', url, runs)
