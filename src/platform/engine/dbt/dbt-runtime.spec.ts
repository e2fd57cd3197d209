import { expect, it } from 'vitest'
import { createLogger } from '../../../base/index.js'
import type { Project } from '../../contract.js'
import { Warehouses } from '../warehouses/warehouses.js'
import { DbtRuntime } from './dbt-runtime.js'

const runtimeOf = (warehouse: Project['warehouse']) =>
  new DbtRuntime({
    project: {
      name: 'tiny',
      dir: '/p',
      stateDir: '/p/.millrace',
      extractLoadDir: '/p/extract_load',
      dbtDir: undefined,
      definitionsFile: undefined,
      warehouse,
      metastoreUrl: undefined,
      launcher: undefined,
      server: {
        host: '127.0.0.1',
        port: 0,
        airbytePort: 0,
        url: undefined,
        allowedHosts: [],
        editConnections: undefined,
      },
      limits: { pools: new Map(), tags: [] },
      maxConcurrentRuns: 1,
      alerts: { webhook: undefined, slack: undefined, email: undefined, on: undefined },
      retentionDays: { logs: 1, runs: 1 },
    },
    warehouses: new Warehouses(),
    logger: createLogger(() => {}),
    env: {},
  })

it('without a dbt project the warehouse is a DuckDB file in the state folder', async () => {
  expect(await runtimeOf({ profile: undefined, target: undefined }).target()).toMatchObject({
    type: 'duckdb',
    credentials: { path: '/p/.millrace/warehouse.duckdb' },
  })
})

it('a profile without a dbt project is refused', async () => {
  await expect(runtimeOf({ profile: 'p', target: undefined }).target()).rejects.toMatchObject({
    code: 'WAREHOUSE_NOT_CONFIGURED',
  })
})
