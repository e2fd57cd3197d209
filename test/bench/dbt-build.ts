import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cli, copyExample, median, run, seconds } from './example-copy.js'
import { dbtCore, type Figure, secondsBesidePeers } from './figure.js'

export interface DbtBuild {
  /** `millrace dbt build` as a process of its own, no engine running. */
  readonly millraceSeconds: number
  /** The real dbt Core on the same files, when `MILLRACE_BENCH_DBT` names its command. */
  readonly dbtSeconds: number | undefined
}

/**
 * `dbt build` of the example on three million loaded flights: ours and dbt Core's, taking turns, each in a copy of its
 * own and each time from the state right after the sync. Both keep what they keep between runs (dbt its partial parse).
 */
export async function measureDbtBuild(rounds = 3): Promise<DbtBuild> {
  const dbt = dbtCore.command
  const ours = await copyExample()
  const theirs = await copyExample()
  const warehouse = (dir: string) => join(dir, '.millrace/warehouse.duckdb')
  const loaded = join(ours.dir, 'loaded.duckdb')
  const project = join(theirs.dir, 'transformation/dbt')
  const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false', DBT_PROFILES_DIR: project }
  const millrace = (...args: string[]) => run(process.execPath, [cli, '--project-dir', ours.dir, ...args])
  try {
    await millrace('sync')
    await copyFile(warehouse(ours.dir), loaded)
    await mkdir(join(theirs.dir, '.millrace'))
    const times: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] }
    for (let round = 0; round < rounds; round++) {
      await copyFile(loaded, warehouse(ours.dir))
      times.ours.push(await seconds(() => millrace('dbt', 'build')))
      if (dbt === undefined) continue
      await copyFile(loaded, warehouse(theirs.dir))
      times.theirs.push(await seconds(() => run(dbt, ['build'], { cwd: project, env, maxBuffer: 1e8 })))
    }
    return { millraceSeconds: median(times.ours), dbtSeconds: dbt === undefined ? undefined : median(times.theirs) }
  } finally {
    await ours.remove()
    await theirs.remove()
  }
}

export async function exampleBuildFigures(): Promise<readonly Figure[]> {
  const { millraceSeconds, dbtSeconds } = await measureDbtBuild()
  return [
    secondsBesidePeers('`dbt build` of the example, a process of its own', millraceSeconds, [[dbtCore, dbtSeconds]]),
  ]
}
