import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeSmallSources, type SmallRow } from '../support/small-sources.js'
import { SyncBench } from '../support/sync-bench.js'

const first: readonly SmallRow[] = [
  { id: 1, v: 'a', at: '2024-01-01' },
  { id: 2, v: 'b', at: '2024-01-02' },
  { id: 3, v: 'c', at: '2024-01-02' },
]
/** Row 3 is gone; the cursors of the others stay what they were. */
const grown: readonly SmallRow[] = [
  { id: 1, v: 'a', at: '2024-01-01', more: 'x' },
  { id: 2, v: 'b', at: '2024-01-02', more: 'y' },
  { id: 4, v: 'd', at: '2024-01-03', more: 'z' },
]
const keyed = 'sync_mode: incremental, primary_key: id, cursor_field: at'
const plain = 'sync_mode: incremental, destination_sync_mode: append, cursor_field: at'

describeSmallSources((kind, small) => {
  const sync = async (rows: readonly SmallRow[], stream: string, more = 'backfill_new_columns: true') =>
    (await small.bench.syncStreams(await small.source.holding(rows), `{ s: { ${stream} } }\n${more}`))[0]
  const held = (columns = 'id, v, more') => small.bench.query(`select ${columns} from raw.s order by id`)
  const refills = () => small.bench.logged.filter((line) => line.startsWith('read from the start: '))

  it('rows of before get the values of a new column by their keys; those that the source has no more stay', async () => {
    await sync(first, keyed)
    expect(await sync(grown, keyed)).toMatchObject({
      status: 'succeeded',
      tableRows: 4,
      schemaChanges: [{ kind: 'column_added', column: 'more' }],
    })
    expect(await held()).toEqual([
      [1, 'a', 'x'],
      [2, 'b', 'y'],
      [3, 'c', null],
      [4, 'd', 'z'],
    ])
    // Files that changed are read whole anyhow.
    expect(refills()).toHaveLength(kind === 'file' ? 0 : 1)
    await sync(grown, keyed)
    expect(refills()).toHaveLength(kind === 'file' ? 0 : 1)
  })

  it('without a key a new generation takes the place of the table', async () => {
    await sync(first, plain)
    expect(await sync(grown, plain)).toMatchObject({ status: 'succeeded', tableRows: 3, generationId: 2 })
    expect(await held()).toEqual([
      [1, 'a', 'x'],
      [2, 'b', 'y'],
      [4, 'd', 'z'],
    ])
    expect(refills()).toEqual(['read from the start: the column `more` is new, and rows of before are to have it'])
  })

  it('nothing is read again where nobody asks for it, and a stream may say otherwise than its connection', async () => {
    for (const [stream, more] of [
      [plain, 'backfill_new_columns: false'],
      [`${plain}, backfill_new_columns: false`, 'backfill_new_columns: true'],
    ] as const) {
      await sync(first, stream, more)
      const result = await sync(grown, stream, more)
      expect(result).toMatchObject({ status: 'succeeded', generationId: 1 })
      expect(refills()).toEqual([])
      expect((await held('more')).filter(([value]) => value === null).length).toBeGreaterThanOrEqual(3)
      await small.bench.query('drop table raw.s')
      await small.bench.query('delete from _millrace.stream_state')
    }
    await sync(first, `${plain}, backfill_new_columns: true`, '')
    expect(await sync(grown, `${plain}, backfill_new_columns: true`, '')).toMatchObject({ generationId: 2 })
  })

  it.each([
    ['with a key', keyed],
    ['without one', plain],
  ])('a field that is selected later is filled, %s', async (_, stream) => {
    await sync(first, `${stream}, fields: [id, at]`)
    expect(await sync(first, `${stream}, fields: [v, id, at]`)).toMatchObject({ status: 'succeeded', tableRows: 3 })
    expect(await held('id, v')).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
    expect(refills()).toHaveLength(1)
    // Fewer of them, in another order, are no reason.
    await sync(first, `${stream}, fields: [at, id]`)
    expect(refills()).toHaveLength(1)
    await sync(grown, stream)
    expect(refills()).toHaveLength(2)
    expect((await held('id, more')).filter(([, more]) => more !== null)).toHaveLength(3)
  })

  it('what was held up or passed over is filled once it is accepted', async () => {
    const paused = 'schema_changes: pause\nbackfill_new_columns: true'
    await sync(first, plain, paused)
    expect(await sync(grown, plain, paused)).toMatchObject({ error: { code: 'SCHEMA_CHANGE_PAUSED' } })
    await small.bench.accept(['s'])
    expect(await sync(grown, plain, paused)).toMatchObject({ status: 'succeeded', tableRows: 3 })
    expect(await held('id, more')).toEqual([
      [1, 'x'],
      [2, 'y'],
      [4, 'z'],
    ])
    await small.bench.query('drop table raw.s')
    const once = 'schema_changes: ignore\nbackfill_new_columns: true'
    await sync(first, plain, once)
    await small.bench.accept(['s'])
    expect(await sync(grown, plain, once)).toMatchObject({ status: 'succeeded', tableRows: 3 })
    expect((await held('more')).flat()).not.toContain(null)
    const later = grown.map((row) => ({ ...row, last: 'w' }))
    const ignored = 'schema_changes: ignore\nbackfill_new_columns: true'
    const { generationId = 0 } = (await sync(later, plain, ignored)) ?? {}
    expect(await small.columns()).not.toContain('last')
    expect(await sync(later, plain)).toMatchObject({ status: 'succeeded', generationId: generationId + 1 })
    expect((await held('id, last')).map(([, last]) => last)).toEqual(['w', 'w', 'w'])
  })
})

describe('where it is broken off', () => {
  const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))
  let bench: SyncBench
  beforeEach(async () => {
    bench = await SyncBench.open()
  })
  afterEach(() => bench.close())

  const streamOf = (name: string, columns: readonly string[]) => ({
    name,
    json_schema: {
      properties: Object.fromEntries(columns.map((key) => [key, { type: key === 'id' ? 'integer' : 'string' }])),
    },
    supported_sync_modes: ['full_refresh', 'incremental'],
  })
  const record = (data: object, stream = 's') => ({ type: 'RECORD', record: { stream, data, emitted_at: 1 } })
  const state = (n: number, stream = 's') => ({
    type: 'STATE',
    state: { type: 'STREAM', stream: { stream_descriptor: { name: stream }, stream_state: { n } } },
  })
  const source = (streams: readonly object[], script: readonly object[], exit = 0) =>
    `{ connector: airbyte, config: { command: [node, '${program}'], config: ${JSON.stringify({ streams, script, exit, seen: bench.path('seen') })} } }`
  const states = async () =>
    (await readFile(bench.path('seen'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { verb: string; state?: string; catalog: string })
      .filter(({ verb }) => verb === 'read')
      .map((read) => (read.state === undefined ? undefined : JSON.parse(read.state)))
  const old = [streamOf('s', ['id', 'v'])]
  const wide = [streamOf('s', ['id', 'v', 'more'])]

  it.each([
    ['by key', keyedOf('s'), [1, 2, 9]],
    ['in a new generation', '{ s: { sync_mode: incremental } }', [1, 2, 3]],
  ])('the rest of a connector’s stream is read from its last state: %s', async (_, streams, ids) => {
    const settings = `${streams}\nbackfill_new_columns: true`
    await bench.syncStreams(source(old, [record({ id: 9, v: 'gone' }), state(1)]), settings)
    const half = [
      record({ id: 1, v: 'a', more: 'x' }),
      record({ id: 2, v: 'b', more: 'y' }),
      state(2),
      record({ id: 3 }),
    ]
    expect((await bench.syncStreams(source(wide, half, 1), settings))[0]).toMatchObject({ status: 'failed' })
    const rest = [record({ id: 3, v: 'c', more: 'z' }), state(3)]
    expect((await bench.syncStreams(source(wide, rest), settings))[0]).toMatchObject({
      status: 'succeeded',
      generationId: 2,
    })
    expect((await bench.query('select id from raw.s where id < 9 order by id')).flat()).toEqual([1, 2, 3])
    expect(await bench.query('select count(*) from raw.s where id = 9')).toEqual([[ids.includes(9) ? 1 : 0]])
    expect(await bench.query('select more from raw.s where id < 9 order by id')).toEqual([['x'], ['y'], ['z']])
    // From the start, then on from where it came to.
    expect(await states()).toMatchObject([undefined, undefined, [{ stream: { stream_state: { n: 2 } } }]])
    await bench.syncStreams(source(wide, []), settings)
    expect((await states()).at(-1)).toMatchObject([{ stream: { stream_state: { n: 3 } } }])
  })

  it('of a connector that came to no state, all of it is read again', async () => {
    const settings = `${keyedOf('s')}\nbackfill_new_columns: true`
    await bench.syncStreams(source(old, [record({ id: 1, v: 'a' }), state(1)]), settings)
    await bench.syncStreams(source(wide, [record({ id: 1, v: 'a', more: 'x' })], 1), settings)
    expect(
      await bench.query(
        'select * exclude (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta, _airbyte_generation_id) from raw.s',
      ),
    ).toEqual([[1, 'a']])
    await bench.syncStreams(source(wide, [record({ id: 1, v: 'a', more: 'x' }), state(2)]), settings)
    expect(await bench.query('select id, v, more from raw.s')).toEqual([[1, 'a', 'x']])
    expect(await states()).toEqual([undefined, undefined, undefined])
  })

  it('where streams share a state, only the part of the stream that grew is left out', async () => {
    const global = (n: number) => ({
      type: 'STATE',
      state: {
        type: 'GLOBAL',
        global: {
          shared_state: { lsn: n },
          stream_states: ['s', 'u'].map((name) => ({ stream_descriptor: { name }, stream_state: { n } })),
        },
      },
    })
    const settings = `{ s: { sync_mode: incremental, primary_key: id }, u: { sync_mode: incremental, primary_key: id } }\nbackfill_new_columns: true`
    const both = (columns: readonly string[]) => [streamOf('s', columns), streamOf('u', ['id', 'v'])]
    await bench.syncStreams(
      source(both(['id', 'v']), [record({ id: 1, v: 'a' }), record({ id: 2, v: 'b' }, 'u'), global(1)]),
      settings,
    )
    const script = [record({ id: 1, v: 'a', more: 'x' }), record({ id: 3, v: 'c' }, 'u'), global(2)]
    const results = await bench.syncStreams(source(both(['id', 'v', 'more']), script), settings)
    expect(results.map(({ status, generationId }) => [status, generationId])).toEqual([
      ['succeeded', 2],
      ['succeeded', 1],
    ])
    expect(await bench.query('select id, more from raw.s')).toEqual([[1, 'x']])
    expect(await bench.query('select count(*) from raw.u')).toEqual([[2]])
    expect((await states()).at(-1)[0].global).toMatchObject({
      shared_state: { lsn: 1 },
      stream_states: [{ stream_descriptor: { name: 'u' } }],
    })
    const catalogs = (await readFile(bench.path('seen'), 'utf8')).trim().split('\n')
    const read = JSON.parse(JSON.parse(catalogs.at(-1) as string).catalog).streams
    // The rows of before stay: it is a refresh that Airbyte calls Merge.
    expect(read[0]).toMatchObject({ generation_id: 2, minimum_generation_id: 0 })
  })

  it('a file that was read by a cursor is as it was, and the next sync does it', async () => {
    const settings = '{ s: { sync_mode: incremental, cursor_field: id } }\nbackfill_new_columns: true'
    const file = '{ connector: file, config: { streams: [ { name: s, path: "s*.csv" } ] } }'
    await bench.write('s1.csv', 'id,v\n1,a\n2,b\n')
    await bench.syncStreams(file, settings)
    await bench.write('s1.csv', 'id,v,more\n1,a,x\n2,b,y\n')
    await bench.write('s2.csv', 'id,v,more\n3,c,z\n')
    const controller = new AbortController()
    const broken = await bench.syncStreams(file, settings, {
      signal: controller.signal,
      onProgress: () => bench.logged.some((line) => line.startsWith('read from the start')) && controller.abort(),
    })
    expect(broken[0]).toMatchObject({ status: 'cancelled' })
    expect((await bench.query('select id from raw.s order by id')).flat()).toEqual([1, 2])
    expect((await bench.syncStreams(file, settings))[0]).toMatchObject({ status: 'succeeded', tableRows: 3 })
    expect((await bench.query('select more from raw.s order by id')).flat()).toEqual(['x', 'y', 'z'])
  })

  it('files whose rows can have no more than they had are not read again', async () => {
    const settings = '{ s: { sync_mode: incremental } }\nbackfill_new_columns: true'
    const file = '{ connector: file, config: { streams: [ { name: s, path: "s*.csv" } ] } }'
    await bench.write('s1.csv', 'id,v\n1,a\n')
    await bench.syncStreams(file, settings)
    await bench.write('s2.csv', 'id,v,more\n2,b,y\n')
    expect((await bench.syncStreams(file, settings))[0]).toMatchObject({
      recordsRead: 1,
      tableRows: 2,
      generationId: 1,
    })
    await bench.write('s3.csv', 'id,v\n3,c\n')
    await bench.write('s4.csv', 'id,more\n4,d\n')
    expect((await bench.syncStreams(file, settings))[0]).toMatchObject({ recordsRead: 2, generationId: 1 })
  })
})

function keyedOf(name: string) {
  return `{ ${name}: { sync_mode: incremental, primary_key: id } }`
}
