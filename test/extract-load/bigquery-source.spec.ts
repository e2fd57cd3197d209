import { expect, it } from 'vitest'
import { bigQueryConnector } from '../../src/extract-load/connectors/bigquery/index.js'
import { openBigQuery, withConnection } from '../../src/warehouse/index.js'
import { bigQueryOfFile } from '../support/bigquery-server.js'
import { SyncBench } from '../support/sync-bench.js'

const server = bigQueryOfFile('source')

interface Surroundings {
  readonly bench: SyncBench
  readonly config: Readonly<Record<string, unknown>>
  readonly source: string
  readonly run: (sql: string) => Promise<unknown>
}

async function using(work: (surroundings: Surroundings) => Promise<void>): Promise<void> {
  const { project, apiEndpoint, ...options } = await server.project()
  const warehouse = await openBigQuery({ ...options, project, apiEndpoint })
  const bench = await SyncBench.open()
  const config = {
    project_id: project,
    dataset_id: 'main',
    ...(apiEndpoint === undefined ? {} : { api_endpoint: apiEndpoint, access_token: 'of a test' }),
  }
  try {
    await work({
      bench,
      config,
      source: `{ connector: bigquery, config: ${JSON.stringify(config)} }`,
      run: (sql) => withConnection(warehouse, (connection) => connection.query(sql)),
    })
  } finally {
    await bench.close()
    await warehouse.close()
  }
}

const loaded = '* exclude (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta, _airbyte_generation_id)'

it('values of all types are exact', () =>
  using(async ({ bench, source, run }) => {
    await run(`create table main.t as select 9007199254740993 as i, 0.1 as f, numeric '-12.5' as n, true as b, 'ü "q"' as s, date '0001-01-01' as d,
      time '23:59:59.999999' as ti, datetime '2024-02-29 12:34:56.789012' as dt, timestamp '1969-12-31 23:59:59.000001+00' as ts,
      from_hex('00ff') as bin, [1, 2] as l, struct(1 as x, 'y' as y) as st
      union all select null, cast('inf' as float64), null, null, null, null, null, null, null, null, [], null`)
    expect(await bench.syncSource(source, 't')).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    expect(
      await bench.query(`select * replace (hex(bin) as bin) from (select ${loaded} from raw.t) order by i nulls last`),
    ).toEqual([
      [
        ...[9007199254740993n, 0.1, '-12.500000000', true, 'ü "q"', '0001-01-01', '23:59:59.999999'],
        ...['2024-02-29T12:34:56.789012', '1969-12-31T23:59:59.000001Z', '00FF', '[1,2]', '{"x":1,"y":"y"}'],
      ],
      [null, Infinity, null, null, null, null, null, null, null, null, '[]', null],
    ])
  }))

it('a cursor reads what is new, and of ties what is not there', () =>
  using(async ({ bench, source, run }) => {
    await run(
      "create table main.t as select 1 as id, timestamp '2024-01-01 00:00:00+00' as at, 'a' as v union all select 2, timestamp '2024-01-02 00:00:00+00', 'b'",
    )
    const settings = '{ sync_mode: incremental, cursor_field: at, fields: [id, at] }'
    expect(await bench.syncSource(source, 't', settings)).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    await run(
      "insert into main.t values (3, timestamp '2024-01-02 00:00:00+00', 'c'), (4, timestamp '2023-01-01 00:00:00+00', 'late')",
    )
    expect(await bench.syncSource(source, 't', settings)).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
    expect(await bench.query(`select ${loaded} from raw.t order by id`)).toEqual([
      [1, '2024-01-01T00:00:00Z'],
      [2, '2024-01-02T00:00:00Z'],
      [3, '2024-01-02T00:00:00Z'],
    ])
  }))

it('tables and views are discovered, and what is not there is told', () =>
  using(async ({ bench, config, source, run }) => {
    await run("create table main.t as select 1 as id, 'x' as v")
    await run('create view main.v as select id from main.t')
    const context = { config, projectDir: bench.dir, file: 'c.yaml' }
    const found = await bigQueryConnector.discover(context)
    expect(
      found.map(({ name, namespace, cursorCandidates, jsonSchema }) => [
        name,
        namespace,
        cursorCandidates,
        Object.keys(jsonSchema.properties as object),
      ]),
    ).toEqual([
      ['t', 'main', [['id']], ['id', 'v']],
      ['v', 'main', [['id']], ['id']],
    ])
    expect(found[0]?.sample?.rows).toEqual([['1', 'x']])
    expect(await bigQueryConnector.check(context)).toMatchObject({
      status: 'succeeded',
      message: expect.stringMatching(/^2 tables in .*\.main$/),
    })
    expect(await bench.syncSource(source, 'tt')).toMatchObject({
      status: 'failed',
      error: { code: 'STREAM_NOT_FOUND', hint: expect.stringContaining('t') },
    })
  }))

it('a project that nobody answers for is told as the source it is', async () => {
  const config = { project_id: 'p', api_endpoint: 'http://127.0.0.1:1', access_token: 'x' }
  expect(await bigQueryConnector.check({ config, projectDir: '.', file: 'c.yaml' })).toMatchObject({
    status: 'failed',
    error: { code: 'SOURCE_UNREACHABLE' },
  })
})
