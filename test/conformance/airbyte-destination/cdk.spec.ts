import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkConnection, programSpec, readConnections } from '../../../src/extract-load/index.js'
import { SyncBench } from '../../support/sync-bench.js'

/** A Python that has airbyte-cdk. */
const python = process.env.MILLRACE_AIRBYTE_PYTHON ?? ''
const program = fileURLToPath(new URL('destination_sqlite.py', import.meta.url))

describe.skipIf(python === '')('a destination written with airbyte-cdk', () => {
  let bench: SyncBench
  beforeEach(async () => {
    bench = await SyncBench.open()
  })
  afterEach(() => bench.close())

  const destination = (path = 'd.sqlite') =>
    `{ connector: airbyte, config: { command: ['${python}', '${program}'], config: { path: '${path}' } } }`
  const source = '{ connector: file, config: { streams: [ { name: s, path: a.csv } ] } }'
  const sync = async (settings: string, options: object = {}) =>
    (await bench.syncStreams(source, `{ s: ${settings} }`, { destination: destination(), ...options }))[0]
  /** What is in the table, by the Python that wrote it. */
  const rows = (): readonly Readonly<Record<string, unknown>>[] =>
    JSON.parse(
      execFileSync(
        python,
        [
          '-c',
          'import json, sqlite3, sys; print(json.dumps([json.loads(row[0]) for row in sqlite3.connect(sys.argv[1]).execute(f"select data from s")]))',
          bench.path('d.sqlite'),
        ],
        { maxBuffer: 100_000_000 },
      ).toString(),
    )
  const ids = () => rows().map(({ id }) => id)

  it('tells its settings and its modes', async () => {
    expect(await programSpec({ command: [python, program] }, { dir: bench.dir })).toMatchObject({
      spec: { required: ['path'] },
      destinationSyncModes: ['append', 'overwrite'],
    })
  })

  it('is checked', async () => {
    const check = async (path: string) => {
      await bench.connect(source, '{ s: {} }', destination(path))
      const { connections } = await readConnections(bench.dir, bench.path('el'), { env: {} })
      return checkConnection({ connection: connections[0] as never, projectDir: bench.dir })
    }
    await bench.write('a.csv', 'id\n1\n')
    expect(await check('d.sqlite')).toMatchObject({ status: 'succeeded' })
    expect(await check('no/such/folder')).toMatchObject({ status: 'failed', message: 'unable to open database file' })
  })

  it('takes values as they are', async () => {
    await bench.parquet(
      't.parquet',
      `select 9007199254740993 as id, 0.1::double as f, 'ü' || chr(10) as t, null::int as n, true as b, date '2024-02-29' as d, [1, 2] as l`,
    )
    const from = '{ connector: file, config: { streams: [ { name: s, path: t.parquet } ] } }'
    const [result] = await bench.syncStreams(from, '{ s: {} }', { destination: destination() })
    expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
    // JavaScript would round what Python kept.
    const text = execFileSync(python, [
      '-c',
      'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("select data from s").fetchone()[0])',
      bench.path('d.sqlite'),
    ]).toString()
    expect(text).toContain('"id": 9007199254740993')
    expect(rows()[0]).toMatchObject({ f: 0.1, t: 'ü\n', n: null, b: true, d: '2024-02-29', l: [1, 2] })
  })

  it('adds, replaces, and starts over; what it cannot is refused', async () => {
    const appended = '{ sync_mode: incremental, cursor_field: id }'
    await bench.write('a.csv', 'id\n1\n')
    await sync(appended)
    await bench.write('a.csv', 'id\n1\n2\n')
    expect(await sync(appended)).toMatchObject({ status: 'succeeded', recordsCommitted: 1 })
    expect(ids()).toEqual([1, 2])
    expect(await sync(appended, { fullRefresh: true })).toMatchObject({ status: 'succeeded', recordsCommitted: 2 })
    expect(ids()).toEqual([1, 2])
    await bench.write('a.csv', 'id\n3\n')
    expect(await sync('{}')).toMatchObject({ status: 'succeeded' })
    expect(ids()).toEqual([3])
    expect(await sync('{ sync_mode: incremental, primary_key: id }')).toMatchObject({
      error: { code: 'STREAM_MODE_UNSUPPORTED' },
    })
  })

  it('gets many rows in parts that it confirms', async () => {
    await bench.parquet('t.parquet', `select i as id, md5(i::varchar) as v from range(50000) t(i)`)
    const from = '{ connector: file, config: { streams: [ { name: s, path: t.parquet } ] } }'
    const [result] = await bench.syncStreams(from, '{ s: {} }', { destination: destination() })
    expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 50_000 })
    expect(new Set(ids()).size).toBe(50_000)
  })

  it('that fails is told of by its own words, and the next sync sends everything again', async () => {
    await bench.write('a.csv', 'id\n1\n')
    await bench.syncStreams(source, '{ s: {} }', { destination: destination() })
    const broken = await bench.syncStreams(source, '{ s: {} }', { destination: destination('no/such/folder') })
    expect(broken[0]).toMatchObject({
      status: 'failed',
      error: { code: 'DESTINATION_FAILED', message: expect.stringContaining('unable to open database file') },
    })
    expect(await sync('{}')).toMatchObject({ status: 'succeeded' })
    expect(ids()).toEqual([1])
  })
})
