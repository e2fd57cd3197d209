import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/index.js'
import type { StreamResult } from '../../src/extract-load/index.js'
import { isRunning } from '../support/is-running.js'
import { SyncBench } from '../support/sync-bench.js'

const program = fileURLToPath(new URL('../support/scripted-source.mjs', import.meta.url))

let bench: SyncBench
beforeEach(async () => {
  bench = await SyncBench.open()
})
afterEach(() => bench.close())

interface Script {
  readonly streams?: readonly object[]
  readonly script: readonly (object | string)[]
  readonly [setting: string]: unknown
}

const idAndValue = { type: 'object', properties: { id: { type: 'integer' }, v: { type: 'string' } } }
const streamOf = (name: string, json_schema: object = idAndValue) => ({
  name,
  json_schema,
  supported_sync_modes: ['full_refresh', 'incremental'],
})
const source = ({ script, streams = [streamOf('s')], ...config }: Script, more = '') =>
  `{ connector: airbyte, config: { command: [node, '${program}']${more}, config: ${JSON.stringify({
    ...config,
    streams,
    script: script.map((step) => (typeof step === 'string' ? { raw: step } : step)),
  })} } }`

const record = (data: object, stream = 's') => ({
  type: 'RECORD',
  record: { stream, data, emitted_at: 1_700_000_000_000 },
})
const state = (value: object, stream = 's', recordCount?: number) => ({
  type: 'STATE',
  state: {
    type: 'STREAM',
    stream: { stream_descriptor: { name: stream }, stream_state: value },
    ...(recordCount === undefined ? {} : { sourceStats: { recordCount } }),
  },
})
const status = (value: string, stream = 's') => ({
  type: 'TRACE',
  trace: {
    type: 'STREAM_STATUS',
    emitted_at: 1,
    stream_status: { stream_descriptor: { name: stream }, status: value },
  },
})
const failure = (message: string, failure_type: string, stream?: string) => ({
  type: 'TRACE',
  trace: {
    type: 'ERROR',
    emitted_at: 1,
    error: {
      message,
      failure_type,
      stack_trace: `Traceback (most recent call last): ${message}`,
      ...(stream === undefined ? {} : { stream_descriptor: { name: stream } }),
    },
  },
})

const append = '{ s: { sync_mode: incremental } }'
const replace = '{ s: {} }'
const sync = async (script: Script, streams = replace, more?: string): Promise<StreamResult> =>
  (await bench.syncStreams(source(script, more), streams))[0] as StreamResult
const seen = async () =>
  (await readFile(bench.path('seen'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

it('a rate limit of the API is told, with its end where the source knows it', async () => {
  const limited = (reason: object) => {
    const running = status('RUNNING')
    return {
      ...running,
      trace: { ...running.trace, stream_status: { ...running.trace.stream_status, reasons: [reason] } },
    }
  }
  const script = [
    limited({ type: 'RATE_LIMITED', rate_limited: { quota_reset: 1_700_000_000_000 } }),
    limited({ type: 'RATE_LIMITED' }),
    limited({ type: 'SOMETHING_ELSE' }),
    record({ id: 1 }),
    status('COMPLETE'),
  ]
  expect(await sync({ streams: [streamOf('s', { type: 'object', properties: {} })], script })).toMatchObject({
    status: 'succeeded',
  })
  expect(bench.logged.filter((line) => line.includes('waits'))).toEqual([
    's waits until 2023-11-14T22:13:20.000Z',
    's waits until undefined',
  ])
})

describe('records', () => {
  const types = {
    type: 'object',
    properties: {
      i: { type: ['null', 'integer'] },
      n: { type: 'number' },
      long: { type: 'number' },
      t: { type: 'string' },
      b: { type: 'boolean' },
      d: { type: 'string', format: 'date' },
      z: { type: 'string', format: 'date-time' },
      w: { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
      c: { type: 'string', format: 'time', airbyte_type: 'time_without_timezone' },
      o: { type: 'object' },
      any: {},
    },
  }
  const loaded = () => bench.query('select * exclude (_airbyte_raw_id, _airbyte_meta) from raw.s')

  it('come in their declared types, exact to the last digit', async () => {
    const line = String.raw`{"type": "RECORD", "record": {"stream": "s", "emitted_at": 1700000000123, "data": {"i": 9007199254740993, "n": 0.1, "long": 1234567890123456789.0123456789, "t": "ü \u0000 \ud83d\ude00", "b": true, "d": "0044-03-15 BC", "z": "2024-01-01T00:00:00.123456+02:00", "w": "2024-01-01T00:00:00", "c": "23:59:59.999999", "o": {"x": 12345678901234567.8901234567890, "y": 12345678901234567890123}, "any": "text"}}}`
    expect(await sync({ streams: [streamOf('s', types)], script: [line] })).toMatchObject({ status: 'succeeded' })
    expect(await loaded()).toEqual([
      [
        9007199254740993n,
        0.1,
        '1234567890123456789.0123456789',
        'ü \0 😀',
        true,
        '0044-03-15 BC',
        '2023-12-31T22:00:00.123456Z',
        '2024-01-01T00:00:00',
        '23:59:59.999999',
        '{"x":12345678901234567.8901234567890,"y":12345678901234567890123}',
        '"text"',
        '2023-11-14T22:13:20.123Z',
        1,
      ],
    ])
  })

  it('become NULL with a note where a value is not of its type; the row stays', async () => {
    const script = [
      record({ i: 1.5, n: 'NaN', b: 'maybe', d: '2024-02-30', z: 'soon', t: 5 }),
      record({ i: '12', n: '1.5', b: 'true', z: '2024-01-01', t: null }),
    ]
    const result = await sync({ streams: [streamOf('s', types)], script })
    expect(result.error).toBeUndefined()
    expect(result.recordsCommitted).toBe(2)
    expect(await bench.query('select i, n, b, d, z, t from raw.s')).toEqual([
      [null, null, null, null, null, '5'],
      [12, 1.5, true, null, '2024-01-01T00:00:00Z', null],
    ])
    const [first, second] = await bench.query(
      "select list_transform(from_json(json_extract(_airbyte_meta, '$.changes'), '[\"JSON\"]'), lambda c: c->>'field') from raw.s",
    )
    expect(first).toEqual([['i', 'n', 'b', 'd', 'z']])
    expect(second).toEqual([[]])
  })

  it('keep what the source noted of them', async () => {
    const change = { field: 't', change: 'TRUNCATED', reason: 'SOURCE_FIELD_SIZE_LIMITATION' }
    const noted = { ...record({ t: 'x' }).record, meta: { changes: [change] } }
    await sync({ streams: [streamOf('s', types)], script: [{ type: 'RECORD', record: noted }] })
    const [[meta] = []] = await bench.query('select _airbyte_meta::varchar from raw.s')
    expect(JSON.parse(String(meta))).toEqual({ sync_id: 1, changes: [change] })
  })

  it('may be hostile', async () => {
    const wild = [
      `{"type":"RECORD","record":{"stream":"s","data":{"id":1,"id":2,"v":"twice"},"emitted_at":1}}`,
      String.raw`{"type":"RECORD","record":{"stream":"s","data":{"id":3,"v":"half \ud800 pair"},"emitted_at":1}}`,
      `{"type":"RECORD","record":{"stream":"s","data":{"id":123456789012345678901234567890,"v":["not","text"]},"emitted_at":1}}`,
      `{"type":"RECORD","record":{"stream":"s","data":{"unknown":1},"emitted_at":1}}`,
      `{"type":"RECORD","record":{"stream":"s","data":{"id":5,"v":"${'x'.repeat(10_000_000)}"},"emitted_at":1}}`,
    ]
    expect(await sync({ script: wild })).toMatchObject({ status: 'succeeded', recordsCommitted: 5 })
    expect(await bench.query('select id, left(v, 11), length(v) from raw.s')).toEqual([
      [2, 'twice', 5],
      [3, 'half � pair', 11],
      [123456789012345678901234567890n, '["not","tex', 14],
      [null, null, null],
      [5, 'xxxxxxxxxxx', 10_000_000],
    ])
  })

  it('tell keys apart that differ by case only', async () => {
    const schema = { properties: { id: { type: 'integer' }, ID: { type: 'integer' } } }
    await sync({ streams: [streamOf('s', schema)], script: [record({ id: 1, ID: 2 })] })
    expect(await bench.query('select id, "ID_1" from raw.s')).toEqual([[1, 2]])
  })

  it('of streams that nobody asked for are passed over, with a warning', async () => {
    const script = [record({ id: 1 }), record({ id: 2 }, 'other'), record({ id: 3 }, 'other')]
    expect(await sync({ script })).toMatchObject({ status: 'succeeded', recordsRead: 1 })
    expect(bench.warnings).toEqual([expect.stringContaining('`other`')])
  })

  it('fail all streams where these share a state: it would speak for rows that are not there', async () => {
    const schema = { type: 'object', properties: { o: { type: 'object' } } }
    const odd = '{"type":"RECORD","record":{"stream":"a","data":{"o":{"x":1,"y"}},"emitted_at":1}}'
    const global = { shared_state: { lsn: 1 }, stream_states: [] }
    const script = [odd, record({ o: {} }, 'b'), { type: 'STATE', state: { type: 'GLOBAL', global } }]
    const streams = [streamOf('a', schema), streamOf('b', schema)]
    const results = await bench.syncStreams(source({ streams, script }), '{ a: {}, b: {} }')
    expect(results.map(({ status, error }) => [status, error?.code])).toEqual([
      ['failed', 'SOURCE_PROTOCOL_BROKEN'],
      ['failed', 'SOURCE_PROTOCOL_BROKEN'],
    ])
  })

  it('may have half surrogates in their meta', async () => {
    const meta = String.raw`{"changes":[{"field":"v","change":"NULLED","reason":"SOURCE_SERIALIZATION_ERROR","x":"\ud800"}]}`
    const line = `{"type":"RECORD","record":{"stream":"s","data":{"id":1},"emitted_at":1,"meta":${meta}}}`
    expect(await sync({ script: [line] })).toMatchObject({ status: 'succeeded', tableRows: 1 })
    expect(await bench.query('select _airbyte_meta::varchar from raw.s')).toEqual([[expect.stringContaining('NULLED')]])
  })

  it('that are none end the sync, and nothing is lost in silence', async () => {
    const result = await sync({ script: [record({ id: 1 }), { type: 'RECORD', record: { stream: 's', data: [1] } }] })
    expect(result).toMatchObject({ status: 'failed', error: { code: 'SOURCE_PROTOCOL_BROKEN' } })
  })
})

describe('states', () => {
  it('go back to the source as they came, to the last digit', async () => {
    const text =
      '{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"at":12345678901234567890.10,"x": "é"}},"more":1}'
    const script = { seen: bench.path('seen'), script: [record({ id: 1 }), `{"type":"STATE","state":${text}}`] }
    await sync(script, append)
    await sync(script, append)
    const reads = (await seen()).filter(({ verb }) => verb === 'read')
    expect(reads[0].state).toBeUndefined()
    expect(reads[1].state).toBe(`[${text}]`)
    expect(await bench.query('select count(*) from raw.s')).toEqual([[2]])
  })

  it.each(['"STREAM"', '"GLOBAL"'])(
    'of type %s may have what Python writes of numbers that JSON lacks',
    async (type) => {
      const own = '{"stream_descriptor":{"name":"s"},"stream_state":{"score":NaN,"most": -Infinity,"said":"NaN"}}'
      const text = type.includes('GLOBAL')
        ? `{"type":"GLOBAL","global":{"shared_state":{"most":Infinity},"stream_states":[${own}]}}`
        : `{"type":"STREAM","stream":${own}}`
      const script = {
        seen: bench.path('seen'),
        script: [record({ id: 1 }), `{"type":"STATE","state":${text.slice(0, -1)},"sourceStats":{"recordCount":"1"}}}`],
      }
      for (const _ of [1, 2, 3]) expect(await sync(script, append)).toMatchObject({ status: 'succeeded' })
      const states = (await seen()).filter(({ verb }) => verb === 'read').map((one) => one.state)
      expect(states).toEqual([undefined, `[${text}]`, `[${text}]`])
    },
  )

  it('and the records before them are kept when the source fails later; those behind are not', async () => {
    await sync({ script: [record({ id: 0 }), state({ n: 0 })] }, append)
    const broken = [record({ id: 1 }), state({ n: 1 }, 's', 1), record({ id: 2 }), failure('gone', 'transient_error')]
    const seenAt = bench.path('seen')
    expect(await sync({ seen: seenAt, script: broken, exit: 1 }, append)).toMatchObject({
      status: 'failed',
      recordsCommitted: 1,
      error: { code: 'SOURCE_FAILED', message: 'gone', retryable: true },
    })
    expect(await bench.query('select id from raw.s order by id')).toEqual([[0], [1]])
    await sync({ seen: seenAt, script: [record({ id: 2 }), state({ n: 2 })] }, append)
    expect((await seen()).at(-1).state).toContain('{"n":1}')
    expect(await bench.query('select id from raw.s order by id')).toEqual([[0], [1], [2]])
  })

  it.each([
    ['that is no JSON', '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_state":{"n":2}', 'no JSON'],
    [
      'without its stream',
      '{"type":"STATE","state":{"type":"STREAM","key":"s3cret"}}',
      '`state.stream`: names no stream',
    ],
    [
      'with a count that is none',
      JSON.stringify({ type: 'STATE', state: { ...state({}).state, sourceStats: { recordCount: 's3cret' } } }),
      '`state.sourceStats.recordCount`',
    ],
    ['of a failure without a message', '{"type":"TRACE","trace":{"type":"ERROR","error":{"key":"s3cret"}}}', 'a TRACE'],
    ['of settings that are none', '{"type":"CONTROL","control":{"connectorConfig":{"config":"s3cret"}}}', 'a CONTROL'],
    [
      'of settings that JSON does not have',
      '{"control":{"type":"CONNECTOR_CONFIG","connectorConfig":{"config":{"s3cret":NaN}}},"type":"CONTROL"}',
      'a CONTROL',
    ],
  ])('before a message %s are kept; it is not passed over', async (_, line, why) => {
    await sync({ script: [record({ id: 0 }), state({ n: 0 })] }, append)
    const result = await sync({ script: [record({ id: 1 }), state({ n: 1 }), record({ id: 2 }), line] }, append)
    expect(result).toMatchObject({ error: { code: 'SOURCE_PROTOCOL_BROKEN', message: expect.stringContaining(why) } })
    expect(JSON.stringify([result, bench.logged])).not.toContain('s3cret')
    expect(await bench.query('select id from raw.s order by id')).toEqual([[0], [1]])
  })

  it('that count other records than came end the sync', async () => {
    const result = await sync({ script: [record({ id: 1 }), state({}, 's', 2)] }, append)
    expect(result).toMatchObject({ status: 'failed', error: { code: 'SOURCE_COUNT_WRONG' } })
  })

  it('of the whole connection are committed with all streams, and a stream that starts over leaves them', async () => {
    const global = (n: number) => ({
      type: 'STATE',
      state: {
        type: 'GLOBAL',
        global: {
          shared_state: { lsn: n },
          stream_states: ['a', 'b'].map((name) => ({ stream_descriptor: { name }, stream_state: { n } })),
        },
      },
    })
    const streams = ['a', 'b'].map((name) => streamOf(name))
    const both = '{ a: { sync_mode: incremental }, b: { sync_mode: incremental } }'
    const first = [record({ id: 1 }, 'a'), record({ id: 2 }, 'b'), global(1)]
    await bench.syncStreams(source({ streams, script: first }), both)
    const second = [record({ id: 3 }, 'a'), global(2), record({ id: 4 }, 'b')]
    const results = await bench.syncStreams(
      source({ streams, seen: bench.path('seen'), script: second, exit: 3 }),
      both,
    )
    expect(results.map((result) => result.status)).toEqual(['failed', 'failed'])
    expect(await bench.query('select id from raw.a union all select id from raw.b order by id')).toEqual([
      [1],
      [2],
      [3],
    ])
    await bench.query('drop table raw.b')
    await bench.syncStreams(source({ streams, seen: bench.path('seen'), script: [] }), both)
    const states = (await seen()).filter(({ verb }) => verb === 'read').map((one) => JSON.parse(one.state)[0].global)
    expect(states).toMatchObject([
      { shared_state: { lsn: 1 }, stream_states: [{}, {}] },
      { shared_state: { lsn: 2 }, stream_states: [{ stream_descriptor: { name: 'a' } }] },
    ])
  })
})

describe('a load that was broken off', () => {
  const broken = [record({ id: 1 }), state({ n: 1 }), record({ id: 2 }), failure('gone', 'transient_error')]
  const rest = { seen: '', script: [record({ id: 2 }), state({ n: 2 })] }
  const lastState = async () => (await seen()).at(-1).state

  it.each([
    ['failed', {}],
    ['was killed behind a checkpoint', { checkpoint: { bytes: 1, ms: 60_000 } }],
  ])('goes on from its last state when it %s, and shows nothing before', async (_, options) => {
    const first = await bench.syncStreams(source({ script: broken, exit: 1 }), append, options)
    expect(first[0]).toMatchObject({ status: 'failed', recordsCommitted: 0 })
    expect(
      (await bench.warehouse.listRelations({ schemas: ['raw'] })).map(({ identifier }) => identifier),
    ).not.toContain('s')
    const result = await sync({ ...rest, seen: bench.path('seen') }, append)
    expect(await lastState()).toContain('{"n":1}')
    expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 2, tableRows: 2, generationId: 1 })
    expect(await bench.query('select id from raw.s order by id')).toEqual([[1], [2]])
    expect((await bench.warehouse.listRelations({ schemas: ['raw'] })).map(({ identifier }) => identifier)).toEqual([
      's',
    ])
  })
  it('gives columns the types that hold what mappers leave, and what they leave out does not fit', async () => {
    const properties = { id: { type: 'integer' }, n: { type: 'number' }, m: { type: 'number' }, v: { type: 'string' } }
    const mapped =
      '{ s: { sync_mode: incremental, mappers: [ { type: row-filtering, where: { field: v, equal: keep } } ] } }'
    const line = (data: string) => `{"type":"RECORD","record":{"stream":"s","data":${data},"emitted_at":1}}`
    const script = [
      line('{"id":1,"n":1.5,"m":12345678901234567.25,"v":"keep"}'),
      line('{"id":123456789012345678901234567890,"n":1234567890123456789012345678901234567890.5,"m":1e300,"v":"drop"}'),
    ]
    const result = await sync({ streams: [streamOf('s', { properties })], script }, mapped)
    expect(result).toMatchObject({ status: 'succeeded', recordsCommitted: 1, tableRows: 1 })
    expect(await bench.query('select typeof(id), typeof(n), typeof(m), m::varchar from raw.s')).toEqual([
      ['BIGINT', 'DOUBLE', 'DECIMAL(19,2)', '12345678901234567.25'],
    ])
  })
  it('takes whole numbers of any length, whenever the first long one comes', async () => {
    const line = (n: string) => `{"type":"RECORD","record":{"stream":"s","data":{"id":${n}},"emitted_at":1}}`
    const options = { checkpoint: { bytes: 1, ms: 0 } }
    const streams = [streamOf('s', { properties: { id: { type: 'integer' } } })]
    const script = [
      line('7'),
      state({ n: 1 }),
      line('9223372036854775808'),
      state({ n: 2 }),
      line('-1'),
      state({ n: 3 }),
    ]
    const load = (more: Script) => bench.syncStreams(source({ streams, ...more }), append, options)
    expect((await load({ script: [...script, failure('gone', 'transient_error')], exit: 1 }))[0]).toMatchObject({
      keptProgress: true,
    })
    expect((await load({ script: [line('1e25'), line('8'), state({ n: 4 })] }))[0]).toMatchObject({
      status: 'succeeded',
      tableRows: 5,
    })
    expect((await bench.query('select id::varchar from raw.s order by id')).flat()).toEqual([
      '-1',
      '7',
      '8',
      '9223372036854775808',
      '10000000000000000000000000',
    ])
  })
  it.each(['{"id":1,}', '{"id":1 "b":2}', '{"id":tru}', '{"id":[1 2]}', '{"id":1,"o":{"x":1,"y"}}'])(
    'never passes a broken record over: %s',
    async (data) => {
      const before = '{"type":"RECORD","record":'
      for (const line of [
        `${before}{"stream":"s","data":${data},"emitted_at":1}}`,
        `${before}{"data":${data},"stream":"s","emitted_at":1}}`,
        `{"record":{"data":${data},"stream":"s","emitted_at":1},"type":"RECORD"}`,
      ])
        expect(await sync({ script: [record({ id: 9 }), line, record({ id: 10 })] }, append)).toMatchObject({
          status: 'failed',
          error: { code: 'SOURCE_PROTOCOL_BROKEN' },
        })
    },
  )
  it('reads whole numbers however they are written, and nothing of those that are none', async () => {
    const line = (n: string) => `{"type":"RECORD","record":{"stream":"s","data":{"id":${n}},"emitted_at":1}}`
    const numbers = ['1.2345678E7', '1.5e1', '1.0e1', '2e3', '-3.0', '25e-1', '1e-15', '12345678901234567.5e0', '0.5']
    await sync({ streams: [streamOf('s', { properties: { id: { type: 'integer' } } })], script: numbers.map(line) })
    const rows = await bench.query(
      "select id::varchar, _airbyte_meta::varchar like '%NULLED%' from raw.s order by rowid",
    )
    expect(rows.slice(0, 5).flat()).toEqual(['12345678', false, '15', false, '10', false, '2000', false, '-3', false])
    expect(rows.slice(5)).toEqual(Array(4).fill([null, true]))
  })
  it('keeps the old table until the new one is whole', async () => {
    await sync({ script: [record({ id: 9 }), state({ n: 0 })] }, append)
    await bench.syncStreams(source({ script: broken, exit: 1 }), append, { fullRefresh: true })
    expect(await bench.query('select id from raw.s')).toEqual([[9]])
    expect(await sync({ ...rest, seen: bench.path('seen') }, append)).toMatchObject({ generationId: 2 })
    expect(await bench.query('select id from raw.s order by id')).toEqual([[1], [2]])
  })
  it('starts over when somebody asks for that, and when the columns are others', async () => {
    await sync({ script: broken, exit: 1 }, append)
    const all = { seen: bench.path('seen'), script: [record({ id: 5 }), state({ n: 5 })] }
    await bench.syncStreams(source(all), append, { fullRefresh: true })
    expect(await lastState()).toBeUndefined()
    expect(await bench.query('select id from raw.s')).toEqual([[5]])
    await bench.query('drop table raw.s')
    await sync({ script: broken, exit: 1 }, append)
    const streams = [streamOf('s', { properties: { id: { type: 'string' } } })]
    expect(await sync({ streams, ...all }, append)).toMatchObject({ error: { code: 'SOURCE_SCHEMA_CHANGED' } })
    expect(await sync({ streams, ...all }, append)).toMatchObject({ status: 'succeeded', tableRows: 1 })
  })
})

describe('a state of the whole connection', () => {
  const streams = ['a', 'b'].map((name) => streamOf(name))
  const both = '{ a: { sync_mode: incremental }, b: { sync_mode: incremental } }'
  const global = (n: number, recordCount?: number) => ({
    type: 'STATE',
    state: {
      type: 'GLOBAL',
      global: { shared_state: { lsn: n }, stream_states: [] },
      ...(recordCount === undefined ? {} : { sourceStats: { recordCount } }),
    },
  })
  const run = (script: readonly object[], more: object = {}, options: object = {}) =>
    bench.syncStreams(source({ streams, seen: bench.path('seen'), script, ...more }), both, options)
  const ids = () => bench.query('select id from raw.a union all select id from raw.b order by id')
  const lastState = async () => (await seen()).findLast(({ verb }) => verb === 'read').state

  it('is not moved on by some of the streams: all are read', async () => {
    await run([record({ id: 1 }, 'a'), record({ id: 2 }, 'b'), global(1)])
    const results = await run([record({ id: 3 }, 'a'), record({ id: 4 }, 'b'), global(2)], {}, { streams: ['a'] })
    expect(results.map(({ stream, recordsCommitted }) => [stream, recordsCommitted])).toEqual([
      ['a', 1],
      ['b', 1],
    ])
    expect(await ids()).toEqual([[1], [2], [3], [4]])
  })
  it('is committed with the rows of all streams or not at all', async () => {
    await run([record({ id: 1 }, 'a'), record({ id: 2 }, 'b'), global(1)])
    await run([record({ id: 3 }, 'a'), status('COMPLETE', 'a'), record({ id: 4 }, 'b'), status('INCOMPLETE', 'b')])
    expect(await ids()).toEqual([[1], [2]])
    await run([
      record({ id: 3 }, 'a'),
      record({ id: 4 }, 'b'),
      global(2),
      status('COMPLETE', 'a'),
      record({ id: 5 }, 'b'),
    ])
    expect(await ids()).toEqual([[1], [2], [3], [4]])
    await run([])
    expect(await lastState()).toContain('"lsn":2')
  })
  it('is forgotten when the streams have states of their own', async () => {
    await run([record({ id: 1 }, 'a'), record({ id: 2 }, 'b'), global(1)])
    await run(
      [record({ id: 3 }, 'a'), state({ n: 1 }, 'a'), record({ id: 4 }, 'b'), state({ n: 2 }, 'b')],
      {},
      { fullRefresh: true },
    )
    await run([])
    expect(await lastState()).not.toContain('lsn')
    expect(JSON.parse(await lastState())).toHaveLength(2)
  })
  it('counts the records that nobody asked for', async () => {
    const [result] = await run([record({ id: 1 }, 'a'), record({ id: 9 }, 'other'), global(1, 2)])
    expect(result?.error).toBeUndefined()
  })
  it('counts the records of a stream that failed: its source has made no mistake', async () => {
    const keyed = '{ a: { sync_mode: incremental, primary_key: id }, b: { sync_mode: incremental } }'
    const load = (script: readonly object[]) => bench.syncStreams(source({ streams, script }), keyed)
    await load([record({ id: 1 }, 'a'), state({}, 'a'), record({ id: 2 }, 'b'), state({}, 'b')])
    const odd = [record({ id: 'odd' }, 'a'), status('COMPLETE', 'a'), record({ id: 3 }, 'a')]
    const results = await load([...odd, record({ id: 4 }, 'b'), global(1, 3), status('COMPLETE', 'b')])
    // What all streams share is good only together with the rows of all.
    expect(results.map(({ error }) => error?.code)).toEqual(['KEY_UNFIT', 'KEY_UNFIT'])
  })
  it('of the oldest form goes back bare, without the streams that start over', async () => {
    const legacy = '{"type":"STATE","state":{"data":{"a":{"at":1.10},"b":{"at":2}}}}'
    await bench.syncStreams(source({ streams, script: [record({ id: 1 }, 'a'), legacy] }), both)
    await run([])
    expect(await lastState()).toBe('{"a":{"at":1.10},"b":{"at":2}}')
    await bench.query('drop table raw.b')
    await run([])
    expect(await lastState()).toBe('{"a":{"at":1.10}}')
  })
})

describe('what a source may do', () => {
  it('a stream that is read to the end is read again from the start, whatever state it ended with', async () => {
    const whole = { seen: bench.path('seen'), script: [record({ id: 1 }), state({ done: true }), status('COMPLETE')] }
    await sync(whole, '{ s: { destination_sync_mode: append } }')
    await sync(whole, '{ s: { destination_sync_mode: append } }')
    expect((await seen()).every((one) => one.state === undefined)).toBe(true)
    expect(await bench.query('select count(*) from raw.s')).toEqual([[2]])
  })
  it('a full refresh that failed starts over: its source would send everything again', async () => {
    const script = [record({ id: 1 }), state({ done: true }), failure('gone', 'transient_error')]
    await sync({ script, exit: 1 })
    await sync({ script: [record({ id: 1 }), state({ done: true })] })
    expect(await bench.query('select id from raw.s')).toEqual([[1]])
  })
  it('say more of a stream that it called complete', async () => {
    const script = [record({ id: 1 }), status('COMPLETE'), record({ id: 2 }), state({ n: 2 })]
    await sync({ script: [record({ id: 0 }), state({ n: 0 })] }, append)
    await sync({ script }, append)
    expect(await bench.query('select id from raw.s order by id')).toEqual([[0], [1], [2]])
    await sync({ seen: bench.path('seen'), script: [] }, append)
    expect((await seen()).at(-1).state).toContain('{"n":2}')
  })
  it('say more of it that cannot be read: the sync has failed, what was complete before stays', async () => {
    const schema = { type: 'object', properties: { o: { type: 'object' } } }
    const odd = '{"type":"RECORD","record":{"stream":"a","data":{"o":{"x":1,"y"}},"emitted_at":1}}'
    const first = [record({ o: { x: 0 } }, 'a'), state({ n: 0 }, 'a'), record({ o: {} }, 'b')]
    const script = [
      record({ o: { x: 1 } }, 'a'),
      status('COMPLETE', 'a'),
      odd,
      record({ o: {} }, 'b'),
      status('COMPLETE', 'b'),
    ]
    const streams = [streamOf('a', schema), streamOf('b', schema)]
    const chosen = '{ a: { sync_mode: incremental }, b: { sync_mode: incremental } }'
    await bench.syncStreams(source({ streams, script: first }), chosen)
    const results = await bench.syncStreams(source({ streams, script }), chosen)
    const failed = { status: 'failed', error: { code: 'SOURCE_PROTOCOL_BROKEN' } }
    expect(results).toMatchObject([{ status: 'succeeded', recordsCommitted: 1 }, failed])
    expect(await bench.query('select o::varchar from raw.a order by 1')).toEqual([['{"x":0}'], ['{"x":1}']])
    const alone = await bench.syncStreams(
      source({ streams: [streamOf('a', schema)], script }),
      '{ a: { sync_mode: incremental } }',
    )
    expect(alone).toMatchObject([failed])
  })
  it('say that keys are numbers, and send others: the stream fails, as without a key its rows would be one', async () => {
    const streams = [streamOf('s', { properties: { id: { type: 'integer' }, n: { type: 'integer' } } })]
    const dedup = '{ s: { destination_sync_mode: append_dedup, primary_key: id } }'
    const first = { streams, script: [record({ id: 1, n: 1 }), state({ n: 1 })] }
    await bench.syncStreams(source(first), dedup)
    const later = { streams, script: [record({ id: 'a', n: 2 }), record({ id: 'b', n: 'odd' }), state({ n: 2 })] }
    const [result] = await bench.syncStreams(source(later), dedup)
    expect(result).toMatchObject({ status: 'failed', error: { code: 'KEY_UNFIT' } })
    expect(result?.error?.message).toContain('2 values of the primary key `id`')
    expect(await bench.query('select id, n from raw.s')).toEqual([[1, 1]])
  })
  it('know no more modes than Airbyte does: what is ours is asked for by the word that it has', async () => {
    const settings = '{ s: { destination_sync_mode: overwrite_dedup, primary_key: id } }'
    const script = [record({ id: 1, v: 'old' }), record({ id: 1, v: 'new' })]
    expect(await sync({ seen: bench.path('seen'), script }, settings)).toMatchObject({ status: 'succeeded' })
    expect(await bench.query('select id, v from raw.s')).toEqual([[1, 'new']])
    expect(JSON.parse((await seen()).at(-1).catalog).streams).toMatchObject([{ destination_sync_mode: 'overwrite' }])
  })
  it('have columns of its own that are called as those of files', async () => {
    const properties = {
      id: { type: 'integer' },
      _ab_source_file_last_modified: { type: 'string', format: 'date-time' },
    }
    const script = [record({ id: 1, _ab_source_file_last_modified: '2024-01-01T00:00:00Z' })]
    await sync({ streams: [streamOf('s', { properties })], script })
    expect(await bench.query('select _ab_source_file_last_modified from raw.s')).toEqual([['2024-01-01T00:00:00Z']])
  })
  it('not be asked for what it cannot', async () => {
    const streams = [{ ...streamOf('s'), supported_sync_modes: ['full_refresh'] }]
    expect(await sync({ streams, script: [] }, append)).toMatchObject({
      error: { code: 'STREAM_MODE_UNSUPPORTED', at: { line: 4 } },
    })
  })
  it('one stream that cannot be loaded does not stop the others', async () => {
    const streams = ['a', 'b'].map((name) => streamOf(name))
    await bench.query('create schema raw; create table raw.a (x int)')
    const script = [record({ id: 1 }, 'a'), record({ id: 2 }, 'b')]
    const results = await bench.syncStreams(source({ streams, script }), '{ a: {}, b: {} }')
    expect(results.map(({ error }) => error?.code)).toEqual(['DESTINATION_TABLE_FOREIGN', undefined])
    const more = await bench.syncStreams(source({ streams, script }), '{ b: {}, c: {} }')
    expect(more.map(({ error }) => error?.code)).toEqual([undefined, 'STREAM_NOT_FOUND'])
  })
})

describe('a table that is replaced', () => {
  beforeEach(() => sync({ script: [record({ id: 1 }), record({ id: 2 })] }))
  const ids = () => bench.query('select id from raw.s order by id')

  it.each([
    ['the source fails', { script: [record({ id: 9 }), failure('no', 'system_error')], exit: 1 }],
    ['the program dies', { script: [record({ id: 9 })], exit: 7 }],
    [
      'the program dies while it says more of a stream that it called complete',
      { script: [record({ id: 9 }), status('COMPLETE'), record({ id: 10 })], exit: 7 },
    ],
    ['the stream never became complete', { script: [status('STARTED'), record({ id: 9 })] }],
  ])('stays as it was when %s', async (_, script) => {
    expect(await sync(script)).toMatchObject({ status: 'failed' })
    expect(await ids()).toEqual([[1], [2]])
  })
  it('is replaced when the stream is complete', async () => {
    expect(await sync({ script: [record({ id: 9 }), status('COMPLETE')] })).toMatchObject({ generationId: 2 })
    expect(await ids()).toEqual([[9]])
  })
  it('is replaced by a stream that was complete when the program died', async () => {
    const dying = { script: [record({ id: 9 }), status('COMPLETE')], exit: 7 }
    expect(await sync(dying)).toMatchObject({ status: 'failed', recordsCommitted: 1 })
    expect(await ids()).toEqual([[9]])
  })
  it('is empty when the source has nothing any more', async () => {
    expect(await sync({ script: [status('COMPLETE')] })).toMatchObject({ status: 'succeeded', tableRows: 0 })
    expect(await ids()).toEqual([])
  })
})

describe('a failure that the source tells of', () => {
  const streams = ['users', 'orders', 'items'].map((name) => streamOf(name))
  const of = (name: string, ...said: readonly object[]) => [status('STARTED', name), ...said]
  const script = [
    ...of('users', record({ id: 1 }, 'users'), failure('401 the token was revoked', 'config_error', 'users')),
    status('INCOMPLETE', 'users'),
    ...of('orders', record({ id: 1 }, 'orders'), status('COMPLETE', 'orders')),
    ...of('items', failure('404 gone', 'system_error', 'items'), status('INCOMPLETE', 'items')),
    ...of('late', record({ id: 1 }, 'late')),
  ]
  const load = (more: readonly object[], exit = 1) =>
    bench.syncStreams(
      source({ streams: [...streams, streamOf('late')], script: [...script, ...more], exit }),
      '{ users: {}, orders: {}, items: {}, late: {} }',
    )
  const own = [
    { status: 'failed', error: { code: 'SOURCE_CONFIG_REFUSED', message: '401 the token was revoked' } },
    { status: 'succeeded', recordsCommitted: 1 },
    { status: 'failed', error: { code: 'SOURCE_FAILED', message: '404 gone' } },
  ]

  it('is said of its stream; what is said of all first, of those that say nothing; what is complete is loaded', async () => {
    const general = [failure('Concurrent read failure', 'system_error'), failure('The end', 'system_error')]
    const results = await load(general)
    expect(results).toMatchObject([...own, { status: 'failed', error: { message: 'Concurrent read failure' } }])
    expect(JSON.stringify(results)).not.toContain('Traceback')
    expect(bench.logged).toEqual(
      [
        ['users: 401 the token was revoked', '401 the token was revoked'],
        ['items: 404 gone', '404 gone'],
        ['Concurrent read failure', 'Concurrent read failure'],
        ['The end', 'The end'],
      ].flatMap(([said, reason]) => [said, `Traceback (most recent call last): ${reason}`]),
    )
    expect(await bench.query('select id from raw.orders')).toEqual([[1]])
  })
  it('of one stream stands for the others where nothing is said of them', async () => {
    expect(await load([])).toMatchObject([...own, { error: { message: '401 the token was revoked' } }])
    expect(await load([], 0)).toMatchObject([...own, { error: { message: expect.stringContaining('is complete') } }])
  })
})

describe('programs', () => {
  it('that are missing are named', async () => {
    const result = await bench.syncStreams('{ connector: airbyte, config: { command: no-such-source } }', replace)
    expect(result[0]?.error).toMatchObject({
      code: 'SOURCE_PROGRAM_MISSING',
      message: expect.stringContaining('no-such-source'),
    })
  })
  it('that refuse their settings are told of without a stack trace', async () => {
    const result = await sync({ script: [failure('The key is wrong', 'config_error')], exit: 1 })
    expect(result.error).toMatchObject({ code: 'SOURCE_CONFIG_REFUSED', message: 'The key is wrong' })
    expect(JSON.stringify(result)).not.toContain('Traceback')
  })
  it('may print what is no message', async () => {
    const script = ['Downloading…', record({ id: 1 }), '{"level": "INFO"}']
    expect(await sync({ script })).toMatchObject({ status: 'succeeded', recordsRead: 1 })
    expect(bench.logged).toEqual(expect.arrayContaining(['Downloading…', '{"level": "INFO"}']))
  })
  it('read files that nobody else may read', async () => {
    await sync({ seen: bench.path('seen'), script: [] })
    for (const { mode } of await seen()) expect(mode).toBe(0o600)
  })
  it('that fall silent are ended', async () => {
    const result = await sync({ script: [record({ id: 1 }), { pause_ms: 60_000 }] }, replace, ', heartbeat_seconds: 2')
    expect(result).toMatchObject({ status: 'failed', error: { code: 'SOURCE_SILENT' } })
  })
  it('end with everything that they started when the sync is cancelled', async () => {
    const controller = new AbortController()
    const script = {
      seen: bench.path('seen'),
      child: true,
      script: [{ records: 10, stream: 's' }, { pause_ms: 60_000 }],
    }
    const results = await bench.syncStreams(source(script), replace, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    expect(results[0]).toMatchObject({ status: 'cancelled' })
    const { child } = (await seen()).at(-1)
    await expect.poll(() => isRunning(child)).toBe(false)
  })
})

it('streams interleave as they like, and many records come in order', async () => {
  const streams = ['a', 'b'].map((name) => streamOf(name))
  const script = Array.from({ length: 20 }, (_, i) => ({ records: 500, stream: i % 2 === 0 ? 'a' : 'b' }))
  const results = await bench.syncStreams(source({ streams, script }), '{ a: {}, b: {} }')
  expect(results.map((result) => result.recordsCommitted)).toEqual([5000, 5000])
  expect(await bench.query('select count(*), sum(id), count(distinct v) from raw.a')).toEqual([[5000, 1247500, 500]])
})

describe('a catalog that syncs may go by for a while', () => {
  const kept = new Map<string, string>()
  const settingsKeeper = {
    read: async (connection: string) => kept.get(connection),
    write: async (connection: string, text: string) => void kept.set(connection, text),
  }
  let now: number
  const clock = { ...systemClock, now: () => new Date(now) }
  beforeEach(() => {
    kept.clear()
    now = Date.parse('2026-01-01T00:00:00Z')
  })
  const has = (names: readonly string[], stream = 's') =>
    bench.write(
      'streams',
      JSON.stringify([
        streamOf(stream, { properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) }),
      ]),
    )
  const sync = async (settings = '{}', policy = 'propagate_columns', more: object = {}, age = 60) =>
    (
      await bench.syncStreams(
        source(
          {
            streams_at: bench.path('streams'),
            seen: bench.path('seen'),
            script: [record({ a: '1', b: '2' })],
            ...more,
          },
          `, catalog_max_age_minutes: ${age}`,
        ),
        `{ s: ${settings} }\nschema_changes: ${policy}`,
        { settingsKeeper, clock },
      )
    )[0]
  const asked = async () => (await seen()).filter(({ verb }) => verb === 'discover').length
  const columns = async () => (await bench.warehouse.columns({ schema: 'raw', identifier: 's' })).length - 4

  it('is asked for when it is older than that, or of another time', async () => {
    await has(['a'])
    await sync()
    await has(['a', 'b'])
    // The first one kept what it was told.
    for (const [minutes, times, count] of [
      [0, 1, 1],
      [59, 1, 1],
      [60, 2, 2],
      [61, 2, 2],
      // The clock was set back.
      [30, 3, 2],
    ] as const) {
      now = Date.parse('2026-01-01T00:00:00Z') + minutes * 60_000
      expect(await sync()).toMatchObject({ status: 'succeeded' })
      expect([await asked(), await columns()]).toEqual([times, count])
    }
  })
  it('is asked for by every sync where nobody says otherwise', async () => {
    await has(['a'])
    for (const _ of [1, 2]) await sync('{}', 'propagate_columns', {}, 0)
    expect(await asked()).toBe(2)
  })
  it('is asked for where changes are to be held up, where all is read anew, and with other settings', async () => {
    await has(['a'])
    await sync()
    for (const _ of [1, 2]) await sync('{}', 'pause')
    expect(await asked()).toBe(3)
    await sync('{}', 'ignore')
    expect(await asked()).toBe(3)
    await bench.accept(['s'])
    await sync('{}', 'ignore')
    expect(await asked()).toBe(4)
    await sync('{}', 'ignore', { other: 1 })
    expect(await asked()).toBe(5)
  })
  it('is asked for when it lacks what somebody wants, and after a sync that failed', async () => {
    await has(['a'])
    await sync()
    await has(['a', 'b'])
    expect(await sync('{ fields: [b] }')).toMatchObject({ status: 'succeeded' })
    expect([await asked(), await columns()]).toEqual([2, 1])
    await sync('{}', 'propagate_columns', { exit: 1 })
    const before = await asked()
    await sync('{}', 'propagate_columns', { exit: 1 })
    await sync('{}', 'propagate_columns', { exit: 1 })
    expect(await asked()).toBe(before + 1)
  })
  it('is not good enough where everything is loaded again because of a clear', async () => {
    await has(['a'])
    await sync('{ sync_mode: incremental }')
    await has(['a', 'b'])
    await sync('{ sync_mode: incremental }')
    expect(await columns()).toBe(1)
    await bench.clear()
    await sync('{ sync_mode: incremental }')
    expect([await columns(), await asked()]).toEqual([2, 2])
  })
  it('does not take the place of settings that the connector changed', async () => {
    await has(['a'])
    const next = { streams_at: bench.path('streams'), seen: bench.path('seen'), script: [record({ a: 'renewed' })] }
    const control = {
      type: 'CONTROL',
      control: { type: 'CONNECTOR_CONFIG', emitted_at: 1, connectorConfig: { config: next } },
    }
    await sync('{}', 'propagate_columns', { script: [control] })
    for (const _ of [1, 2]) await sync('{}', 'propagate_columns', { script: [control] })
    expect(await bench.query('select a from raw.s')).toEqual([['renewed']])
    expect(await asked()).toBe(1)
  })
})

describe('settings that a connector changes', () => {
  const renewed = {
    type: 'CONTROL',
    control: { type: 'CONNECTOR_CONFIG', emitted_at: 1, connectorConfig: { config: {} } },
  }
  it('are kept before anything else is read, until somebody writes others', async () => {
    const kept = new Map<string, string>()
    const settingsKeeper = {
      read: async (connection: string) => kept.get(connection),
      write: async (connection: string, text: string) => void kept.set(connection, text),
    }
    const streams = [streamOf('s')]
    const next = { streams, script: [record({ id: 2 })] }
    const control = { ...renewed, control: { ...renewed.control, connectorConfig: { config: next } } }
    const first = source({ streams, script: [control, failure('later', 'system_error')] })
    await bench.syncStreams(first, replace, { settingsKeeper })
    await bench.syncStreams(first, replace, { settingsKeeper })
    expect(await bench.query('select id from raw.s')).toEqual([[2]])
    await bench.syncStreams(source({ streams, script: [record({ id: 3 })] }), replace, { settingsKeeper })
    expect(await bench.query('select id from raw.s')).toEqual([[3]])
  })
  it('are not lost in silence where they cannot be kept', async () => {
    expect(await sync({ script: [renewed] })).toMatchObject({ error: { code: 'SOURCE_PROTOCOL_BROKEN' } })
  })
})

it('a full refresh that was broken off goes on from what it staged, and an earlier one that was does not count', async () => {
  const counting = (counts: object) =>
    source({
      streams: [
        { ...streamOf('s', { type: 'object', properties: { id: { type: 'integer' }, v: { type: 'string' } } }) },
      ],
      script: [],
      counts: { stream: 's', until: 100, every: 10, ...counts },
    } as never)
  const options = { fullRefresh: true, checkpoint: { bytes: 1, ms: 0 } }
  const load = async (counts: object, more: object = {}) =>
    (await bench.syncStreams(counting(counts), append, { ...options, ...more }))[0] as StreamResult
  expect(await load({})).toMatchObject({ status: 'succeeded', generationId: 1 })
  expect(await load({ dies_after: 60 })).toMatchObject({ status: 'failed', keptProgress: true, recordsCommitted: 0 })
  // Asked for anew, it begins at the first row.
  expect(await load({ dies_after: 30 })).toMatchObject({ status: 'failed', recordsRead: 30 })
  expect(await load({ dies_after: 20 }, { resumesFullRefresh: true })).toMatchObject({
    status: 'failed',
    recordsRead: 20,
  })
  expect(await load({}, { resumesFullRefresh: true })).toMatchObject({
    status: 'succeeded',
    recordsRead: 50,
    recordsCommitted: 100,
    generationId: 2,
  })
  expect(await bench.query('select count(*)::int, count(distinct id)::int from raw.s')).toEqual([[100, 100]])
})
