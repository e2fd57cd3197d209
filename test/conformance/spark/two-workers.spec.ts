import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sparkOptions } from '../../../src/platform/engine/profiles/spark-profile.js'
import { openSpark } from '../../../src/warehouse/index.js'
import { type SparkCluster, sparkHome, startSpark } from '../../support/spark-cluster.js'
import { TempProject } from '../../transform/support/temp-project.js'

const isHere = sparkHome !== undefined && existsSync(sparkHome)
const rows = Number(process.env.MILLRACE_SPARK_ROWS ?? 5_000_000)

interface Executor {
  readonly id: string
  readonly completedTasks: number
  readonly totalShuffleRead: number
  readonly totalShuffleWrite: number
}

describe.skipIf(!isHere)('a cluster of two workers', () => {
  let cluster: SparkCluster
  beforeAll(async () => {
    cluster = await startSpark(sparkHome as string, { settings: { 'spark.sql.shuffle.partitions': '4' } })
  }, 300_000)
  afterAll(() => cluster?.stop(), 60_000)

  const ask = async <T>(path: string): Promise<T> => {
    const [application] = (await (await fetch(`${cluster.page}/api/v1/applications`)).json()) as { id: string }[]
    return (await (await fetch(`${cluster.page}/api/v1/applications/${application?.id}/${path}`)).json()) as T
  }
  const project = () =>
    new TempProject(
      {
        'models/events.sql': `{{ config(materialized='table', partition_by='day') }}
          select id, id % 100000 as user_id, cast(id % 100 as decimal(10, 2)) as amount,
            date_add(date'2024-01-01', cast(id % 10 as int)) as day
          from range(0, ${rows}, 1, 8)`,
        'models/by_user.sql': `{{ config(materialized='table') }}
          select user_id, count(*) as events, sum(amount) as amount from {{ ref('events') }} group by user_id`,
        'models/busiest.sql': `select e.day, max(u.events) as events, count(*) as n
          from {{ ref('events') }} as e join {{ ref('by_user') }} as u on u.user_id = e.user_id group by e.day`,
        'models/schema.yml': 'models: [{name: by_user, columns: [{name: user_id, data_tests: [unique, not_null]}]}]',
        'models/endless.sql': `{{ config(materialized='table', tags='endless') }}
          select count(*) as n from range(100000000) a cross join range(100000) b where a.id * b.id % 7 = 3`,
      },
      {
        output: {
          ...{ type: 'spark', method: 'thrift', host: cluster.host, port: cluster.port, user: 'me', auth: 'NOSASL' },
          ...{ schema: 'shown', threads: 2 },
        },
        open: ({ credentials }) => openSpark(sparkOptions(credentials)),
      },
    )

  it('builds millions of rows with tasks and shuffled bytes on both', async () => {
    const { code, output } = await project().dbt('build --exclude tag:endless')
    expect(output).toContain('PASS=5')
    expect(code).toBe(0)
    expect(await project().rows('select count(*) as n, sum(n) as events from shown.busiest')).toEqual([
      { n: 10, events: rows },
    ])
    const executors = (await ask<Executor[]>('executors')).filter(({ id }) => id !== 'driver')
    console.log(
      `${rows} rows`,
      executors.map(({ id, completedTasks, totalShuffleRead, totalShuffleWrite }) => ({
        id,
        completedTasks,
        totalShuffleRead,
        totalShuffleWrite,
      })),
    )
    expect(executors).toHaveLength(2)
    for (const { completedTasks, totalShuffleRead, totalShuffleWrite } of executors) {
      expect(completedTasks).toBeGreaterThan(4)
      expect(Math.min(totalShuffleRead, totalShuffleWrite)).toBeGreaterThan(0)
    }
  }, 300_000)

  it('is rid of a job as soon as who asked for it is cancelled', async () => {
    const abort = new AbortController()
    const running = () => ask<unknown[]>('jobs?status=running')
    const build = project().dbt('run --select endless', { signal: abort.signal })
    while ((await running()).length === 0) await sleep(200)
    abort.abort()
    expect((await build).results.endless?.status).toBe('error')
    for (let i = 0; i < 50 && (await running()).length > 0; i++) await sleep(100)
    expect(await running()).toEqual([])
  }, 120_000)
})
