import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeSmallSources, type SmallRow } from '../support/small-sources.js'
import { SyncBench } from '../support/sync-bench.js'

const first: readonly SmallRow[] = [
  { id: 1, gone: 'x', n: 5 },
  { id: 2, gone: 'y', n: 6 },
]
const changed: readonly SmallRow[] = [
  { id: 1, n: '7', more: 'p' },
  { id: 3, n: 'many', more: 'q' },
]
const inWords =
  '`n` was integer and is string now, `more` (string) is new, perhaps renamed from `gone`, `gone` (string) is gone'

describeSmallSources((kind, small) => {
  const sync = async (policy: string, rows: readonly SmallRow[], stream = '{}') =>
    (await small.bench.syncStreams(await small.source.holding(rows), `{ s: ${stream} }\nschema_changes: ${policy}`))[0]
  const held = () => small.bench.query('select id, gone, n from raw.s order by id')
  const notes = async () =>
    (await small.bench.query('select cast(_airbyte_meta as varchar) from raw.s order by id')).map(([meta]) =>
      (JSON.parse(String(meta)).changes as { field: string }[]).map(({ field }) => field),
    )

  it('pause: the stream stays as it is until somebody accepts what changed', async () => {
    expect(await sync('pause', first)).toMatchObject({ status: 'succeeded' })
    expect(await sync('pause', first)).toMatchObject({ status: 'succeeded' })
    const paused = await sync('pause', changed)
    expect(paused).toMatchObject({
      status: 'failed',
      error: {
        code: 'SCHEMA_CHANGE_PAUSED',
        message: expect.stringContaining(inWords),
        hint: expect.stringContaining('millrace connections accept c --stream s'),
        at: { file: 'el/c.yaml', line: 5 },
      },
    })
    expect(await held()).toEqual([
      [1, 'x', 5],
      [2, 'y', 6],
    ])
    const reads = async () => (await readFile(small.bench.path('seen'), 'utf8')).split('"read"').length - 1
    if (kind === 'airbyte') expect(await reads()).toBe(2)

    expect(await small.bench.accept(['s'])).toEqual(['s'])
    expect(await sync('pause', changed)).toMatchObject({ status: 'succeeded' })
    expect(await small.bench.query('select id, n, more from raw.s order by id')).toEqual([
      [1, '7', 'p'],
      [3, 'many', 'q'],
    ])
    expect(await sync('pause', changed)).toMatchObject({ status: 'succeeded' })
    expect(await sync('pause', first)).toMatchObject({ error: { code: 'SCHEMA_CHANGE_PAUSED' } })
  })

  it('ignore: a table that is replaced keeps its columns', async () => {
    await sync('ignore', first)
    expect(await sync('ignore', changed)).toMatchObject({ status: 'succeeded', schemaChanges: [] })
    expect((await small.columns()).sort()).toEqual(['gone', 'id', 'n'])
    expect(await held()).toEqual([
      [1, null, 7],
      [3, null, null],
    ])
    expect(await notes()).toEqual([[], ['n']])
    expect(small.bench.logged).toContain(`passed over, as \`schema_changes: ignore\` says: ${inWords}`)
    // What the source had at first is still what counts.
    expect(await sync('ignore', first)).toMatchObject({ status: 'succeeded', schemaChanges: [] })
    expect(await held()).toEqual([
      [1, 'x', 5],
      [2, 'y', 6],
    ])
  })

  it('ignore: so does one that is added to', async () => {
    const added = '{ sync_mode: full_refresh, destination_sync_mode: append_dedup, primary_key: id }'
    await sync('ignore', first, added)
    expect(await sync('ignore', changed, added)).toMatchObject({ status: 'succeeded', schemaChanges: [] })
    expect(await small.columns()).toEqual(['id', 'gone', 'n'])
    expect(await held()).toEqual([
      [1, null, 7],
      [2, 'y', 6],
      [3, null, null],
    ])
    expect(await notes()).toEqual([[], [], ['n']])
  })

  it('a field that somebody selects later is no change of the source', async () => {
    await sync('pause', first, '{ fields: [id] }')
    expect(await sync('pause', first, '{ fields: [id, n] }')).toMatchObject({ status: 'succeeded' })
    expect(
      await sync(
        'pause',
        changed.map(({ more, ...row }) => ({ ...row, n: 1 })),
        '{ fields: [id, n] }',
      ),
    ).toMatchObject({
      status: 'succeeded',
    })
  })

  it.each(['ignore', 'pause', 'propagate_columns'])('%s: a key that is gone stops the stream', async (policy) => {
    const keyed = '{ destination_sync_mode: overwrite_dedup, primary_key: gone }'
    await sync(policy, first, keyed)
    expect(await sync(policy, changed, keyed)).toMatchObject({
      status: 'failed',
      error: { code: 'CURSOR_INVALID', message: expect.stringContaining('has lost `gone`') },
    })
    expect((await held()).length).toBe(2)
  })
})

describe('of files', () => {
  it('one that changed is not read', async () => {
    const source = '{ connector: file, config: { streams: [ { name: s, path: a.csv } ] } }'
    const sync = async () => (await bench.syncStreams(source, '{ s: {} }\nschema_changes: pause'))[0]
    await bench.write('a.csv', 'id\n1\n')
    await sync()
    // Far behind the first rows is one that cannot be read.
    await bench.write('a.csv', `id,new\n${'2,3\n'.repeat(30_000)}4,5,6,7\n`)
    expect((await sync())?.error).toMatchObject({ code: 'SCHEMA_CHANGE_PAUSED' })
  })

  let bench: SyncBench
  beforeEach(async () => {
    bench = await SyncBench.open()
  })
  afterEach(() => bench.close())

  it('a field that only a record far behind has is there all the same', async () => {
    const source = '{ connector: file, config: { streams: [ { name: s, path: a.jsonl } ] } }'
    const sync = async () =>
      (await bench.syncStreams(source, '{ s: { fields: [id, late] } }\nschema_changes: pause'))[0]
    await bench.write('a.jsonl', `${'{"id": 1}\n'.repeat(30_000)}{"id": 2, "late": "x"}\n`)
    expect(await sync()).toMatchObject({ status: 'succeeded' })
    expect(await sync()).toMatchObject({ status: 'succeeded' })
    expect(await bench.query('select count(late) from raw.s')).toEqual([[1]])
  })

  it('a column without a value, and one that is narrower than before, is no change', async () => {
    const source = '{ connector: file, config: { streams: [ { name: s, path: "a*.csv" } ] } }'
    const sync = async () =>
      (await bench.syncStreams(source, '{ s: { sync_mode: incremental } }\nschema_changes: pause'))[0]
    await bench.write('a1.csv', 'id,n,d\n1,1.5,2024-01-01\n')
    expect(await sync()).toMatchObject({ status: 'succeeded' })
    await bench.write('a2.csv', 'id,n,d\n2,2,\n')
    expect(await sync()).toMatchObject({ status: 'succeeded' })
    await bench.write('a3.csv', 'id,n,d\n3,2.5,2024-01-01\n')
    expect(await sync()).toMatchObject({ status: 'succeeded' })
    await bench.write('a4.csv', 'id,n,d\n3,2.5,soon\n')
    expect(await sync()).toMatchObject({
      error: { message: expect.stringContaining('`d` was date and is string now') },
    })
  })
})
