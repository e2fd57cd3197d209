import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { declaredColumns } from './declared-types.js'
import { jsonElements, jsonMembers, jsonObject } from './exact-json.js'
import { lineBlocks, linesOf } from './line-blocks.js'
import { readMessage } from './messages.js'
import { plainRecord } from './plain-record.js'
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
    expect(scan(line)).toMatchObject({ stream: 's', namespace: undefined, isOdd: false })
  })
  it('reads names with escapes, and namespaces', () => {
    expect(
      scan('{"type":"RECORD","record":{"namespace":"p\\u00fc","stream":"a\\"b","data":{},"emitted_at":1}}'),
    ).toMatchObject({ stream: 'a"b', namespace: 'pü' })
  })
  it.each([
    ['a fraction that no DOUBLE holds', '{"a":0.12345678901234567891}', true],
    ['one that it holds', '{"a":0.1234567890123456}', false],
    ['a whole number of any length', '{"a":123456789012345678901234567890}', false],
    ['half of a surrogate pair', '{"a":"\\ud83d"}', true],
    ['an escaped backslash before a u', '{"a":"\\\\ud83d"}', false],
    ['digits in a text', '{"a":"0.12345678901234567891"}', false],
  ])('says what the quick reader would not keep: %s', (_, data, isOdd) => {
    expect(scan(recordOf(data))?.isOdd).toBe(isOdd)
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
        expect(found?.stream).toBe(stream.toWellFormed())
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

it('a plain record holds the text of each value', () => {
  const record = String.raw`{"stream":"s","data":{"n":0.10,"s":"a\ud800\n","j":[0.10,"\ud800","\\ud800","\ud83d\ude00"],"x":null,"other":1},"emitted_at":7}`
  const shape = { names: new Map(['n', 's', 'j', 'x'].map((name) => [name, name])), jsonColumns: new Set(['j']) }
  expect(JSON.parse(plainRecord(`{"type":"RECORD","record":${record}}`, shape))).toEqual({
    record: {
      data: { n: '0.10', s: 'a\ufffd\n' },
      exact: { j: String.raw`[0.10,"\ufffd","\\ud800","\ud83d\ude00"]` },
      emitted_at: 7,
    },
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
    const said: (string | number | boolean)[][] = []
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
    message.type === 'records'
      ? [message.stream, message.records.rows, message.records.isOdd, message.records.bytes.toString()]
      : []
  const of = (stream: string, data = '{}') =>
    `{"type":"RECORD","record":{"stream":"${stream}","data":${data},"emitted_at":1}}`
  it('end where another stream, another message or an odd record begins, in the order in which all came', () => {
    const odd = of('a', '{"n":0.12345678901234567891}')
    expect(runsOf([of('a'), of('a'), of('b'), 'printed', of('b'), odd, odd, of('a')])).toEqual([
      ['.a', 2, false, `${of('a')}\n${of('a')}`],
      ['.b', 1, false, of('b')],
      ['printed'],
      ['.b', 1, false, of('b')],
      ['.a', 2, true, `${odd}\n${odd}`],
      ['.a', 1, false, of('a')],
    ])
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
