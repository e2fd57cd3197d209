import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { sparkOptions } from '../../src/platform/engine/profiles/spark-profile.js'
import { openSpark, withConnection } from '../../src/warehouse/index.js'
import { sparkOfFile } from '../support/spark-server.js'
import { TempProject } from './support/temp-project.js'

const recorded = sparkOfFile('dbt')
const cluster = process.env.MILLRACE_TEST_SPARK?.split(':')

const dir = fileURLToPath(new URL('../golden/spark/project', import.meta.url))
const files = Object.fromEntries(
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'profiles.yml')
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(dir, path), readFileSync(path, 'utf8').replace('profile: lake', 'profile: shop')]),
)

const output = () => ({
  ...{
    type: 'spark',
    method: 'thrift',
    host: cluster?.[0] ?? recorded.host,
    port: Number(cluster?.[1] ?? recorded.port),
  },
  ...{ user: 'dbt', auth: 'NOSASL', schema: 'lake', threads: 1 },
})

const projectOf = (more: Readonly<Record<string, string>> = {}, profile = {}) =>
  new TempProject(
    { ...files, ...more },
    { output: { ...output(), ...profile }, open: ({ credentials }) => openSpark(sparkOptions(credentials)) },
  )

/** One year, whatever year it is now. */
const build = 'build --event-time-start 2024-01-01 --event-time-end 2025-01-01'
const failing = ['order_history']

it('builds a project twice as dbt-spark does: seeds, views, formats, partitions, buckets, increments, batches, tests', async () => {
  const project = projectOf()
  const warehouse = await openSpark(sparkOptions(output()))
  await withConnection(warehouse, async (connection) => {
    for (const schema of ['lake', 'lake_dbt_test__audit'])
      await connection.query(`drop schema if exists ${schema} cascade`)
  })
  await warehouse.close()

  const first = await project.dbt(build)
  const failed = Object.entries(first.results).filter(([, { status }]) => !['success', 'pass'].includes(status))
  expect(failed.map(([name]) => name)).toEqual(failing)
  expect(first.results.order_history?.message).toContain(
    "Invalid file format: parquet\n  Snapshot functionality requires file_format be set to 'delta' or 'iceberg' or 'hudi'",
  )
  expect(await project.rows('select * from lake.typed order by id')).toEqual([
    { id: 1, amount: '10.50', day: '2024-01-31', at: '2024-01-31T10:00:00Z', is_new: true, note: "it's" },
    { id: 2, amount: '20.25', day: '2024-02-29', at: '2024-02-29T23:59:59Z', is_new: false, note: 'a \\ b, "c"' },
    { id: 3, amount: null, day: '2024-03-01', at: null, is_new: true, note: null },
  ])
  // dbt itself rounds the third one.
  expect(await project.rows('select id, size from lake.people order by id')).toEqual([
    { id: 1, size: 1.5 },
    { id: 2, size: 2 },
    { id: 9007199254740993n, size: 1000 },
  ])
  expect((await project.rows('select * from lake.functions'))[0]).toMatchObject({
    ...{ next_day: '2024-02-29T10:00:00Z', next_month: '2024-02-29T00:00:00Z', earlier: '2024-01-30T22:00:00Z' },
    ...{ days: 30, weeks: 4, months: 2, quarters: 1, years: 1, hours: 2, seconds: 3720 },
    ...{
      second_part: 'b',
      last_part: 'c',
      both_texts: 'ab',
      month_end: '2024-02-29',
      numbers: [1, 2, 3],
      quoted: "it's",
    },
  })

  const second = await project.dbt(build)
  expect(Object.values(second.results).filter(({ status }) => status === 'error')).toHaveLength(failing.length)
  expect(await project.rows('select id, amount, stage from lake.appended order by id, stage')).toEqual([
    { id: 1, amount: '10.50', stage: null },
    { id: 2, amount: '20.25', stage: null },
    { id: 3, amount: null, stage: null },
    { id: 3, amount: null, stage: 'later' },
  ])
  // The partition that the new rows do not touch stays.
  expect(await project.rows('select id, amount, half from lake.overwritten order by id')).toEqual([
    { id: 1, amount: '21.00', half: 1 },
    { id: 2, amount: '20.25', half: 0 },
    { id: 3, amount: null, half: 1 },
  ])
  expect(await project.rows('select id, year from lake.batched order by id')).toEqual([
    { id: 1, year: 2024 },
    { id: 2, year: 2024 },
  ])

  expect((await project.dbt('docs generate')).code).toBe(0)
  const { nodes } = JSON.parse(project.read('target/catalog.json')) as {
    nodes: Record<string, { metadata: object; columns: Record<string, { type: string }> }>
  }
  expect(nodes['model.lake.orders']?.metadata).toMatchObject({
    type: 'table',
    schema: 'lake',
    database: null,
    owner: 'dbt',
  })
  expect(nodes['model.lake.orders']?.columns.amount?.type).toBe('decimal(10,2)')
})

it.each([
  [
    "materialized='incremental', incremental_strategy='merge'",
    'You can only choose this strategy when file_format is set to',
  ],
  ["materialized='incremental', file_format='paper'", 'Invalid file format provided: paper'],
])('refuses %s before it asks the cluster', async (config, message) => {
  const project = projectOf({ 'models/wrong.sql': `{{ config(${config}) }} select 1 as id, current_timestamp() as at` })
  const { code, output: said } = await project.dbt('run --select wrong')
  expect(code).toBe(1)
  expect(said).toContain(message)
})

it.each([
  [{ method: 'odbc' }, 'The method odbc of dbt-spark is not supported'],
  [{ method: 'session' }, 'The method session of dbt-spark is not supported'],
  [{ auth: 'KERBEROS' }, '`auth: KERBEROS` is not supported'],
  [{ method: 'http' }, 'The method http needs `token`'],
  [{ database: 'other' }, '`database` must be left out, or be the schema again'],
  [{ host: null }, 'The target of type spark has no `host`'],
  [{ port: 'many' }, '`port` is not a whole number'],
])('refuses the profile %j', async (profile, message) => {
  const { code, output: said } = await projectOf({}, profile).dbt('parse')
  expect(code).toBe(2)
  expect(said).toContain(message)
})

it('takes the settings of a profile as dbt-spark does', () => {
  const http = sparkOptions({
    ...{ method: 'http', host: 'https://spark.example.com', token: 'secret', organization: 7, cluster: 'c1' },
    ...{ connect_retries: 3, connect_timeout: 60, server_side_parameters: { 'spark.sql.ansi.enabled': 'false', a: 1 } },
  })
  expect(http).toMatchObject({
    ...{ host: 'spark.example.com', port: 443, http: { path: '/sql/protocolv1/o/7/c1', isTls: true }, retries: 3 },
    ...{
      user: 'token',
      password: 'secret',
      retryDelayMs: 60_000,
      settings: { 'spark.sql.ansi.enabled': 'false', a: '1' },
    },
  })
  const thrift = sparkOptions({
    ...output(),
    auth: 'LDAP',
    password: 'p',
    use_ssl: true,
    server_side_parameters: { a: 1 },
  })
  expect(thrift).toMatchObject({ authentication: 'plain', isTls: true, settings: { a: '1', 'set:a': '1' } })
})
