import { describe, expect, it } from 'vitest'
import type { RecordRun } from '../../connectors/connector.js'
import { keyText, numbersOfMember, numbersOfRecord } from '../../protocol/scan-record.js'
import type { PackedFields, RecordData } from '../component-contract.js'
import { readJson, writeJson } from '../values/index.js'
import { pageOf } from './packed-page.js'
import { PackedRuns } from './packed-run.js'
import { PagePacker } from './page-packer.js'

/** The records of a run, as whoever takes it reads them. */
function recordsIn({ bytes, places, rows }: RecordRun): unknown[] {
  const records: unknown[] = []
  let at = 0
  for (let row = 0; row < rows; row++) {
    const members = places[at] as number
    expect(bytes.toString('utf8', places[at + 1], places[at + 2])).toBe('1700')
    at += numbersOfRecord
    const record: Record<string, unknown> = {}
    for (let i = 0; i < members; i++, at += numbersOfMember) {
      const [keyStart = 0, keyEnd = 0, start = 0, end = 0, kind = 0] = places.subarray(at, at + numbersOfMember)
      record[keyText(bytes, keyStart, keyEnd, kind)] = JSON.parse(bytes.toString('utf8', start, end))
    }
    records.push(record)
  }
  expect(at).toBe(places.length)
  return records
}

const fields: PackedFields = {
  read: [['address', 'city'], ['at'], ['é"']],
  written: ['city', 'é"'],
  removed: ['internal'],
}
const change = (record: RecordData) => {
  record.city = (record.address as RecordData | undefined)?.city
  if (record['é"'] !== undefined) record['é"'] = 'Zoë "quoted" \ud83d\ude00\n'
}

const whole = [
  { id: 1, address: { city: 'Köln', geo: [1, 2.5] }, internal: { a: 1 }, at: 'x', text: 'line\nbreak' },
  { id: 2, 'é"': 'old', address: { city: null }, at: 'y\u00e9', list: [], none: null },
  {},
  { internal: 1, city: 'old', id: 3, address: {}, at: 5 },
]

it('records are what they would be, had all of their fields been made values', () => {
  const packed = new PagePacker(['data', 'items'], fields).pack(
    Buffer.from(JSON.stringify({ data: { first: [1, { data: 2 }], items: whole, more: 'é' }, page: 1 })),
  )
  expect(packed).toHaveLength(whole.length)
  for (const record of packed ?? []) change(record)
  // Only what somebody reads is a value.
  expect(Object.keys(packed?.[0] ?? {}).sort()).toEqual(['address', 'at', 'city'])
  const page = pageOf(packed?.[0] as RecordData)
  const runs = new PackedRuns()
  const write = (records: readonly RecordData[]) => recordsIn(runs.write(page as never, records, '1700'))
  const expected = structuredClone(whole).map((record: RecordData) => {
    change(record)
    delete record.internal
    if (record.city === undefined || record.city === null) delete record.city
    return record
  })
  // Some of them, in another order, and again.
  expect(write(packed ?? [])).toEqual(expected)
  expect(write([packed?.[3], packed?.[0]] as RecordData[])).toEqual([expected[3], expected[0]])
})

it('a copy of a record is packed as well', () => {
  const [record] = new PagePacker([], { read: [], written: [], removed: [] }).pack(Buffer.from('[{"a":1}]')) ?? []
  expect(pageOf({ ...record })).toBe(pageOf(record as RecordData))
})

it('what is written grows beyond the room that a page has', () => {
  const packed = new PagePacker([], { read: [['a']], written: ['a'], removed: [] }).pack(
    Buffer.from(JSON.stringify(Array.from({ length: 100 }, (_, a) => ({ a, b: a })))),
  )
  for (const [i, record] of (packed ?? []).entries()) record.a = `${i}é`.repeat(100)
  const page = pageOf(packed?.[0] as RecordData)
  const run = new PackedRuns().write(page as never, packed ?? [], '1700')
  expect(recordsIn(run)[99]).toEqual({ a: '99é'.repeat(100), b: 99 })
})

it.each(['NaN', '[-Infinity]', '1e400', '{"b":-1.5E+999}', '1e-400'])(
  'a record with %s is whole, the others of its page are packed',
  (odd) => {
    const packer = new PagePacker([], { read: [['b']], written: [], removed: [] })
    const records = packer.pack(Buffer.from(`[{"a":1.5e30,"b":"NaN"},{"a":${odd}},{"a":"Infinity 1e400"}]`)) ?? []
    expect(records.map((record) => pageOf(record) !== undefined)).toEqual([true, false, true])
    expect(writeJson(records[1])).toBe(writeJson({ a: readJson(odd) }))
  },
)

it('of a key that comes twice the last value counts, wherever it was in other records', () => {
  const packer = new PagePacker([], { read: [['a']], written: [], removed: [] })
  expect(packer.pack(Buffer.from('[{"a":1,"b":1},{"a":2,"b":2,"a":3}]'))).toMatchObject([{ a: 1 }, { a: 3 }])
})

it.each([
  ['{"b":{"c":1.0,"d":[2]},"e":"x"}', { b: { c: readJson('1.0') }, e: 'x' }],
  ['{"b":{"c":1,"c":{"b":2}},"e":null,"b":{"c":3}}', { b: { c: 3 }, e: null }],
  ['{ "e" : "\\u00e9\\n" , "b" : [{"c":1}] }', { e: 'é\n', b: [{ c: 1 }] }],
  ['{"\\u0062":{"c":1}}', { b: { c: 1 } }],
  ['{"f":{"b":1}}', {}],
  ['{}', {}],
  ['"text"', 'text'],
  ['null', null],
])('of %s what lies at the end of b.c and of e is read', (text, part) => {
  const packer = new PagePacker([], {
    read: [
      ['a', 'b', 'c'],
      ['a', 'e'],
    ],
    written: [],
    removed: [],
  })
  const [record] = packer.pack(Buffer.from(`[{"z":0,"a":${text}}]`)) ?? []
  expect(pageOf(record as RecordData)).toBeDefined()
  expect(record?.a).toEqual(part)
})

describe('what is no plain page of records is read as any other', () => {
  it.each([
    ['{"data":[{"a":1}]', 'is cut off'],
    ['{"data":[{"a":1},2]}', 'has what is no object'],
    ['{"data":{"a":1}}', 'has one record'],
    ['{"data":[{"a":Nan}]}', 'has what is no JSON'],
    ['{"data":[{"a":1}],"data":[]}', 'says it twice'],
    ['{"other":[]}', 'has none'],
    ['{"data":[{"a":1}]} x', 'goes on behind its end'],
    ['[]', 'is a list'],
    ['', 'is empty'],
  ])('%s %s', (body) => {
    expect(new PagePacker(['data'], { read: [], written: [], removed: [] }).pack(Buffer.from(body))).toBeUndefined()
  })
})
