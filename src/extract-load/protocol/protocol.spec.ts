import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { textAt } from '../../warehouse/index.js'
import { type DeclaredColumn, declaredColumns } from './declared-types.js'
import { jsonElements, jsonMembers, jsonObject } from './exact-json.js'
import { eachLine, lineBlocks, linesOf } from './line-blocks.js'
import { readMessage } from './messages.js'
import { RecordRows } from './record-rows.js'
import { RecordRuns } from './record-runs.js'
import { RecordScanner } from './scan-record.js'
import { inputStates, stateText } from './states.js'

const scanner = new RecordScanner()
const scan = (line: string) => {
  const bytes = Buffer.from(line)
  return scanner.scan(bytes, 0, bytes.length)
}
const recordOf = (data: string) => `{"type":"RECORD","record":{"stream":"s","data":${data},"emitted_at":1}}`

describe('a RECORD message', () => {
  it.each([
    ['compact', recordOf('{"a":1}')],
    [
      'in another order, with spaces',
      '{ "record" : {"data": {"a":1}, "emitted_at" : 1 ,"stream": "s"} , "type": "RECORD" }\r',
    ],
  ])('is told: %s', (_, line) => {
    expect(scan(line)).toMatchObject({ stream: 's', namespace: undefined })
  })
  it('reads names with escapes, and namespaces', () => {
    expect(
      scan('{"type":"RECORD","record":{"namespace":"p\\u00fc","stream":"a\\"b","data":{},"emitted_at":1}}'),
    ).toMatchObject({ stream: 'a"b', namespace: 'pü' })
  })
  it.each([
    ['a number', '{"a":1.}'],
    ['a number with a zero in front', '{"a":01}'],
    ['a literal', '{"a":tru}'],
    ['a literal of no language', '{"a":undefined}'],
    ['an escape', String.raw`{"a":"\x"}`],
    ['an escape of too few digits', String.raw`{"a":"\u12"}`],
    ['a text over several lines', '{"a":"b\tc"}'],
    ['a comma behind the last element', '{"a":[1,]}'],
    ['two values side by side', '{"a":[1 2]}'],
    ['a literal in pieces', '{"a":[t rue]}'],
    ['a control character', '{"a":[1\u0001,2]}'],
    ['nothing between commas', '{"a":{"b":,"c":1}}'],
    ['a text in a nested value', String.raw`{"a":[{"b":"\x"}]}`],
  ])('is broken where it holds what is none: %s', (_, data) => expect(scan(recordOf(data))).toBe('broken'))
  it('is broken wherever the stream stands', () => {
    const other = new RecordScanner()
    const bytes = Buffer.from('{"type":"RECORD","record":{"data":{"a":tru},"stream":"s","emitted_at":1}}')
    expect(other.scan(bytes, 0, bytes.length)).toBe('broken')
  })
  it.each([
    '',
    'hello',
    '{"type":"STATE","state":{}}',
    recordOf('[1]'),
    recordOf('{"a":1}').slice(0, -1),
    `${recordOf('{}')}x`,
  ])('leaves alone what is no record: %s', (line) => expect(scan(line)).toBeUndefined())
  it('takes any JSON apart, wherever its quotes and brackets stand', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (data, stream) => {
        const found = scan(JSON.stringify({ type: 'RECORD', record: { stream, data, emitted_at: 1 } }))
        expect(found).toMatchObject({ stream: stream.toWellFormed() })
      }),
    )
  })
})

describe('exact JSON', () => {
  it('takes objects and lists apart without reading their values', () => {
    expect([...(jsonMembers(' { "a" : 1.10 , "b":[1,{"c":"}"}],"a":2.20 } ') ?? [])]).toEqual([
      ['a', '2.20'],
      ['b', '[1,{"c":"}"}]'],
    ])
    expect(jsonElements('[1.0, "a,b" ,[2]]')).toEqual(['1.0', '"a,b"', '[2]'])
    expect([jsonMembers('[]'), jsonElements('{}'), jsonElements('[]')]).toEqual([undefined, undefined, []])
  })
  it('puts together what it took apart', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value, null, 1)
        expect(JSON.parse(jsonObject(jsonMembers(text) ?? new Map()))).toEqual(JSON.parse(text))
      }),
    )
  })
})

describe('the values of records', () => {
  const column = (key: string, more: Partial<DeclaredColumn> = {}): DeclaredColumn => ({
    key,
    name: key,
    type: 'string',
    ...more,
  })
  /** The columns of some lines as texts, then `emitted_at` and `meta`. */
  function textsOf(lines: readonly string[], columns: readonly DeclaredColumn[], blockLines = lines.length) {
    const runs = new RecordRuns(({ name }) => name)
    const rows = new RecordRows(columns)
    const chunks = []
    for (let from = 0; from < lines.length; from += blockLines) {
      const block = Buffer.from(lines.slice(from, from + blockLines).join('\n'))
      eachLine(block, (start, end) => runs.add(block, start, end))
      for (const message of runs.take())
        if (message.type === 'records' && message.stream === 's') chunks.push(...rows.add(message.records))
    }
    const last = rows.end()
    if (last) chunks.push(last)
    return chunks.flatMap((chunk) =>
      Array.from({ length: chunk.rowCount }, (_, row) =>
        chunk.columns.map((vector) => {
          const { validity } = vector
          const isNull = validity && ((validity[row >> 3] as number) & (1 << (row & 7))) === 0
          return isNull ? null : Buffer.from(textAt(vector, row)).toString()
        }),
      ),
    )
  }
  const json = (key: string, more: Partial<DeclaredColumn> = {}) => column(key, { type: 'json', ...more })

  it('are the last ones of a key that comes twice', () => {
    const lines = ['{"a":1,"b":2,"a":3}', '{"a":1,"a":null}', String.raw`{"\u0061":1,"a":2}`].map(recordOf)
    expect(textsOf(lines, [column('a')]).map(([text]) => text)).toEqual(['3', null, '2'])
  })

  it('are texts as they are written, of strings what they say', () => {
    const data = String.raw`{"n":0.12345678901234567891,"s":"a\ud800\n\u00fc\ud83d\ude00 and a text that is long","j":[0.10, "\ud800","\\ud800 x", "\ud83d\ude00"],"x":null,"other":1,"b":true,"o":{ "a" : "b c" },"t":"null"}`
    const columns = [
      column('n'),
      column('s'),
      json('j'),
      column('x'),
      column('missing'),
      column('b'),
      column('o'),
      column('t'),
    ]
    expect(textsOf([recordOf(data)], columns)).toEqual([
      [
        '0.12345678901234567891',
        'a\ufffd\nü😀 and a text that is long',
        String.raw`[0.10,"\ufffd","\\ud800 x","\ud83d\ude00"]`,
        null,
        null,
        'true',
        '{"a":"b c"}',
        'null',
        '1',
        null,
      ],
    ])
  })
  it('are those of the last of two keys, and of keys whatever their case and order', () => {
    const columns = [column('a'), column('A'), column(''), column('ü"')]
    const lines = [
      recordOf('{"a":1,"A":2,"":3,"ü\\"":4,"a":5}'),
      recordOf('{"A":6,"\\u0061":7}'),
      recordOf('{"a":8,"a":null}'),
    ]
    expect(textsOf(lines, columns).map((row) => row.slice(0, 4))).toEqual([
      ['5', '2', '3', '4'],
      ['7', '6', null, null],
      [null, null, null, null],
    ])
  })
  it('may lie in others, which keep them', () => {
    const columns = [json('o'), column('o', { inside: ['a', 'b'] }), json('o', { inside: ['c'] })]
    const lines = [
      recordOf(String.raw`{"o":{ "a": {"b":"x\ny", "b2":1}, "c": [ 1, "\u0041" ] }}`),
      recordOf('{"o":{"a":{"b":null}}}'),
      recordOf('{"o":"text"}'),
      recordOf('{"o":{"a":{"b":"null"},"c":{"d":1e400}}}'),
    ]
    expect(textsOf(lines, columns).map((row) => row.slice(0, 3))).toEqual([
      [String.raw`{"a":{"b":"x\ny","b2":1},"c":[1,"\u0041"]}`, 'x\ny', String.raw`[1,"\u0041"]`],
      ['{"a":{"b":null}}', null, null],
      ['"text"', null, null],
      ['{"a":{"b":"null"},"c":{"d":1e400}}', 'null', '{"d":1e400}'],
    ])
  })
  it('stay what they are however the records come', () => {
    const value = fc.oneof(fc.string(), fc.jsonValue(), fc.string({ unit: 'binary' }))
    const record = fc.record({
      stream: fc.constantFrom('s', 's', 's', 'other'),
      data: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'é'), value),
    })
    const columns = [json('a'), json('b'), json('c'), json('é')]
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 30 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 30 }),
        (records, isWide, size) => {
          const lines = records.map(({ stream, data }) => {
            const line = JSON.stringify(
              { type: 'RECORD', record: { stream, data, emitted_at: 7 } },
              null,
              isWide ? 1 : 0,
            )
            return line.replaceAll('\n', ' ')
          })
          const wanted = records
            .filter(({ stream }) => stream === 's')
            .map(({ data }) => columns.map(({ key }) => JSON.parse(JSON.stringify(data[key] ?? null))))
          const found = textsOf(lines, columns, size)
          expect(found.map((row) => row.slice(0, 4).map((text) => JSON.parse(text ?? 'null')))).toEqual(wanted)
          expect(new Set(found.map((row) => row[4])).size).toBeLessThan(2)
        },
      ),
    )
  })
  it('come in chunks of a vector each', () => {
    const lines = Array.from({ length: 5000 }, (_, i) => recordOf(`{"a":${i},"b":"${'x'.repeat(i % 30)}"}`))
    const found = textsOf(lines, [column('a'), column('b')], 700)
    expect(found.map(([a]) => Number(a))).toEqual(lines.map((_, i) => i))
    expect(found.every(([, b], i) => b?.length === i % 30)).toBe(true)
  })
})

it('lines are the same however the bytes come', async () => {
  const text = 'one\n\ntwo ü\n{"three": 3}\nfour'
  const bytes = Buffer.from(text)
  for (let size = 1; size <= bytes.length; size++) {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    }
    const lines: string[] = []
    for await (const block of lineBlocks(pieces(), () => new Error('too long'))) lines.push(...linesOf(block))
    expect(lines).toEqual(['one', 'two ü', '{"three": 3}', 'four'])
  }
})

describe('runs of records', () => {
  const runsOf = (lines: readonly string[]) => {
    const runs = new RecordRuns(({ name, namespace }) => `${namespace ?? ''}.${name}`)
    const block = Buffer.from(lines.join('\n'))
    const said: (string | number)[][] = []
    let start = 0
    for (const line of lines) {
      const end = start + Buffer.byteLength(line)
      if (!runs.add(block, start, end)) {
        said.push(...runs.take().map(shown))
        said.push([line])
      }
      start = end + 1
    }
    return [...said, ...runs.take().map(shown)]
  }
  const shown = (message: ReturnType<RecordRuns['take']>[number]) =>
    message.type === 'records' ? [message.stream, message.records.rows, message.records.sizeBytes] : []
  const of = (stream: string) => `{"type":"RECORD","record":{"stream":"${stream}","data":{},"emitted_at":1}}`
  it('are of a stream each, and end where another message begins', () => {
    const { length } = of('a')
    expect(runsOf([of('a'), of('a'), of('b'), of('a'), 'printed', of('b'), of('a')])).toEqual([
      ['.a', 3, 3 * length + 1],
      ['.b', 1, length],
      ['printed'],
      ['.b', 1, length],
      ['.a', 1, length],
    ])
  })
  it('are not gone on with behind a broken record', () => {
    const broken = of('a').replace('{}', '{"password":nul}')
    expect(() => runsOf([of('a'), broken])).toThrow(expect.objectContaining({ code: 'SOURCE_PROTOCOL_BROKEN' }))
  })
})

it('declared types', () => {
  const types = {
    a: { type: ['null', 'integer'] },
    b: { type: 'number', airbyte_type: 'integer' },
    c: { type: 'string', airbyte_type: 'big_number' },
    d: { type: 'string', format: 'date-time' },
    e: { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
    f: { type: ['string', 'integer'] },
    g: { oneOf: [{ type: 'null' }, { type: 'boolean' }] },
    h: { type: ['number', 'integer', 'null'] },
    i: {},
    j: true,
  }
  expect(declaredColumns({ properties: types }).map(({ type }) => type)).toEqual([
    'integer',
    'integer',
    'number',
    'timestamp_with_timezone',
    'timestamp_without_timezone',
    'json',
    'boolean',
    'number',
    'json',
    'json',
  ])
  expect(declaredColumns({ type: 'object' })).toEqual([])
})

describe('messages', () => {
  it.each([
    '',
    'Traceback (most recent call last):',
    '{"type": "SOMETHING_NEW"}',
    '[1]',
    '{"level":"INFO"}',
    '{broken',
  ])('what is none is told apart: %s', (line) => expect(readMessage(line)).toBeUndefined())
})

describe('states', () => {
  const request = (name: string, state: string | undefined) => ({
    stream: { name, syncMode: 'incremental', destinationSyncMode: 'append' } as const,
    state,
    startsOver: state === undefined,
    isFromStart: state === undefined,
    generationId: 1,
    syncId: 1,
  })
  it('are kept without the counts', () => {
    expect(
      stateText('{"type":"STATE","state":{"type":"STREAM","stream":{"x":1.0},"sourceStats":{"recordCount":3.0}}}'),
    ).toBe('{"type":"STREAM","stream":{"x":1.0}}')
  })
  it('go to the source as a list; without any there is no file', () => {
    expect(inputStates({ streams: [request('a', '{"a":1}'), request('b', undefined)], sharedState: undefined })).toBe(
      '[{"a":1}]',
    )
    expect(inputStates({ streams: [request('a', undefined)], sharedState: undefined })).toBeUndefined()
  })
})
