import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { describeSmallSources, type SmallRow } from '../support/small-sources.js'
import { SyncBench } from '../support/sync-bench.js'

const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))

const rows: readonly SmallRow[] = [
  { id: 1, mail: 'a@x.org', at: '2024-01-01' },
  { id: 2, mail: 'b@x.org', at: '2024-01-02' },
]

describeSmallSources((kind, small) => {
  const sync = async (stream: string, held = rows) =>
    (await small.bench.syncStreams(await small.source.holding(held), `{ s: ${stream} }`))[0]

  it('only what is selected is loaded', async () => {
    expect(await sync('{ fields: [id, at] }')).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    expect(await small.columns()).toEqual(['id', 'at'])
    expect(await small.bench.query('select id, cast("at" as varchar) from raw.s order by id')).toEqual([
      [1, '2024-01-01'],
      [2, '2024-01-02'],
    ])
  })

  it('a table that is added to keeps a column that nobody selects any more, and takes one that somebody does', async () => {
    const added = (fields: string) =>
      `{ sync_mode: full_refresh, destination_sync_mode: append_dedup, primary_key: id, fields: ${fields} }`
    await sync(added('[id, at]'))
    const more = [{ id: 3, mail: 'c@x.org', at: '2024-01-03' }]
    expect(await sync(added('[id, mail]'), more)).toMatchObject({
      status: 'succeeded',
      schemaChanges: [{ kind: 'column_added', column: 'mail' }],
    })
    expect(await small.bench.query('select id, mail, cast("at" as varchar) from raw.s order by id')).toEqual([
      [1, null, '2024-01-01'],
      [2, null, '2024-01-02'],
      [3, 'c@x.org', null],
    ])
  })

  it('a table that is replaced has what is selected now', async () => {
    await sync('{ fields: [id, at] }')
    await sync('{ fields: [id, mail] }')
    expect(await small.columns()).toEqual(['id', 'mail'])
  })

  it('a field that the source has lost is no mistake, whatever was loaded since', async () => {
    const selected = '{ fields: [id, mail] }'
    await sync(selected)
    const without = rows.map(({ mail, ...row }) => row)
    expect((await sync(selected, without))?.schemaChanges).toMatchObject([{ kind: 'column_removed', column: 'mail' }])
    expect(await sync(selected, without)).toMatchObject({ status: 'succeeded', schemaChanges: [] })
    expect(await small.columns()).toEqual(['id'])
    expect(await sync(selected)).toMatchObject({ status: 'succeeded' })
    expect(await small.columns()).toEqual(['id', 'mail'])
  })

  it('a field that there is not is told with those that there are, and nothing is loaded', async () => {
    const result = await sync('{ fields: [id, mial] }')
    expect(result).toMatchObject({
      status: 'failed',
      error: {
        code: 'FIELD_NOT_FOUND',
        hint: "Did you mean 'mail'? Its fields: id, mail, at.",
        at: { file: 'el/c.yaml', line: 4 },
      },
    })
    expect(await small.columns()).toEqual([])
    // The connector was not asked for a record.
    if (kind === 'airbyte') expect(await readFile(small.bench.path('seen'), 'utf8')).not.toContain('"read"')
  })
})

it('an Airbyte connector is asked for the selected fields only, and for its own cursor', async () => {
  const bench = await SyncBench.open()
  try {
    const properties = { id: { type: 'integer' }, mail: { type: 'string' }, at: { type: 'string' } }
    const stream = {
      name: 's',
      json_schema: { properties },
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      default_cursor_field: ['at'],
    }
    const config = JSON.stringify({ streams: [stream], script: [], seen: bench.path('seen') })
    const source = `{ connector: airbyte, config: { command: [node, '${program}'], config: ${config} } }`
    await bench.syncStreams(source, '{ s: { fields: [id] } }')
    const [{ catalog = '' } = {}] = (await readFile(bench.path('seen'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { verb: string; catalog?: string })
      .filter(({ verb }) => verb === 'read')
    expect(JSON.parse(catalog).streams[0].stream.json_schema).toEqual({ properties: { id: { type: 'integer' } } })
    const [result] = await bench.syncStreams(source, '{ s: { sync_mode: incremental, fields: [id] } }')
    expect(result?.error).toMatchObject({ code: 'CURSOR_INVALID', at: { file: 'el/c.yaml', line: 4 } })
  } finally {
    await bench.close()
  }
})

it('a field of a file that a later one lacks is no mistake', async () => {
  const bench = await SyncBench.open()
  try {
    const settings = '{ sync_mode: incremental, fields: [id, mail] }'
    await bench.write('a1.csv', 'id,mail,x\n1,a,1\n')
    await bench.sync('a*.csv', settings)
    await bench.write('a2.csv', 'id,x\n2,2\n')
    expect(await bench.sync('a*.csv', settings)).toMatchObject({
      status: 'succeeded',
      schemaChanges: [{ kind: 'column_removed', column: 'mail' }],
    })
    expect(await bench.query('select id, mail from raw.s order by id')).toEqual([
      [1, 'a'],
      [2, null],
    ])
  } finally {
    await bench.close()
  }
})
