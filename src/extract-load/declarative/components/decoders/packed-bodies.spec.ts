import { describe, expect, it } from 'vitest'
import { packedRecords } from '../../../../../test/conformance/declarative/packed-records.js'
import type { ComponentDefinition } from '../../component.js'
import type { PackedFields, RecordData } from '../../component-contract.js'
import { pageOf } from '../../packed/packed-page.js'
import { withoutNulls } from '../../source/without-nulls.js'
import { scriptedResponse, scriptedScope } from '../../testing/scripted-scope.js'

const fields: PackedFields = { read: [['b']], written: [], removed: [] }

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function all<T>(batches: AsyncIterable<readonly T[]> | undefined): Promise<T[]> {
  const found: T[] = []
  for await (const batch of batches ?? []) found.push(...batch)
  return found
}

const sent = (records: readonly unknown[]) => packedRecords(records.map((record) => withoutNulls(record as RecordData)))

/** What a body is to a sync that leaves records packed, and to all others; an error by its code. */
async function bothWays(
  definition: ComponentDefinition,
  bytes: Buffer,
  size: number,
  response = scriptedResponse({ text: '' }),
) {
  const { parse, parsePacked } = scriptedScope().build('decoder', definition)
  const packed = await all(parsePacked?.(inPieces(bytes, size), response, fields)).catch((error) => error.code)
  const whole = await all(parse?.(inPieces(bytes, size), response)).catch((error) => error.code)
  const isRead = Array.isArray(packed) && Array.isArray(whole)
  return {
    packed: isRead ? sent(packed) : packed,
    whole: isRead ? sent(whole) : whole,
    packedCount: isRead ? packed.filter((record) => pageOf(record as RecordData)).length : 0,
    read: isRead ? packed.map((record) => (record as RecordData).b) : [],
  }
}

const csv = [
  'a,b,c\n1,2,3\n4,,6\n,,\n',
  'a,b,c\r\n1,"x, y",3\r\n"two\r\nlines","say ""hi""",\r\n',
  'a,b\n1,"back\\slash"\n"tab\there",un"quoted\n\n  \n"",""\n',
  'a,b\n"a"b,c\n1\n1,2,3\n"last",öß€😀',
  'a,b\nx,"not closed\nand on',
  'a,a,"b ""c"""\n1,2,3\n',
  '"a\\","b"""\n1,"x""y",3\nq,"plain"\n1,"a\\"b\nlast,one\n',
  '\nx,y\n',
  'a\n\n1\n""\n',
  'a,b\r1,2\r3,4',
  '\ufeffa,b\n1,2\n',
  'a,b',
  '',
]

describe('rows of CSV that stay packed are what they are whole', () => {
  it.each(csv.flatMap((text) => [1, 7, 1000].map((size) => [text, size] as const)))(
    '%j in pieces of %i',
    async (text, size) => {
      for (const encoding of ['utf-8', 'utf-8-sig']) {
        const { packed, whole } = await bothWays({ type: 'CsvDecoder', encoding }, Buffer.from(text), size)
        expect(packed).toEqual(whole)
      }
    },
  )

  it('and hardly any is whole', async () => {
    const { packedCount, read } = await bothWays(
      { type: 'CsvDecoder', delimiter: ';' },
      Buffer.from('a;b\n1;"x""y"\n2;z\n'),
      9,
    )
    expect([packedCount, read]).toEqual([2, ['x"y', 'z']])
  })

  it('in blocks, of which each begins within a row', async () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, i) => `${i},"${'quoted ""text"", '.repeat(i % 7)}",${'x'.repeat(i % 50)}`,
    )
    const { packed, whole, packedCount } = await bothWays(
      { type: 'CsvDecoder' },
      Buffer.from(`a,b,c\n${rows.join('\n')}\n`),
      65_536,
    )
    expect(packedCount).toBe(20_000)
    expect(packed).toEqual(whole)
  })
})

const lines = [
  '{"a":1,"b":"x"}\n{"a":2}\n',
  ' {"a" : [1, {"b":2}]} \r\n\n{}\nnull\n{"b":1}',
  '{"a":1}\nno JSON\n{"a":12345678901234567890}\n{"a":1e400}\n{"b":NaN}',
  '{"b":"\\u00e9\\n"}\n[{"b":1},{"b":2}]\n"text"\n',
  // Broken within a value.
  '{"a":{"b" "c"}}\n{"a":{1:2}}\n{"a":[1:2]}\n{"a":{"b"}}\n{"a":[1}}\n{"a":{"b":[}}}\n{"a":{"b":1,}}\n{"a":[,1]}\n{"a":[1,]}\n{"a":[{"b":[]},{}]}\n',
  '{"a":1}\nnot JSON',
  '',
]

describe('lines of JSON that stay packed are what they are whole', () => {
  it.each(lines.flatMap((text) => [1, 9, 1000].map((size) => [text, size] as const)))(
    '%j in pieces of %i',
    async (text, size) => {
      const { parse, parsePacked } = scriptedScope().build('decoder', { type: 'JsonlDecoder' })
      const response = scriptedResponse({ text: '' })
      const found = (await all(parsePacked?.(inPieces(Buffer.from(text), size), response, fields))) as RecordData[]
      const whole = (await all(parse?.(inPieces(Buffer.from(text), size), response))) as RecordData[]
      const unpacked = found.map((value) => (value && pageOf(value) ? packedRecords([value])[0] : value))
      expect(unpacked).toEqual(whole)
      expect(found.map((value) => value?.b)).toEqual(whole.map((value) => value?.b))
    },
  )
})

it.each([
  [{ type: 'CsvDecoder' }, 'a,b\n1,x\n2,'],
  [{ type: 'JsonlDecoder' }, '{"a":1}\n{"a":"'],
])('%o refuses what is no UTF-8', async (definition, text) => {
  for (const end of ['', '\n', '"}\n']) {
    const body = Buffer.concat([Buffer.from(text), Buffer.from([0xc3, 0x28]), Buffer.from(end)])
    const { packed, whole } = await bothWays(definition, body, 1000)
    expect([packed, whole]).toEqual(['API_ANSWER_INVALID', 'API_ANSWER_INVALID'])
  }
})

const page = '\n <!DOCTYPE html>\n<html>\n<body>Sign in, please</body>\n</html>\n'

it.each([
  ['a page of HTML', { type: 'JsonlDecoder' }, page, {}, 'API_ANSWER_INVALID'],
  ['a page of HTML', { type: 'CsvDecoder' }, page, {}, 'API_ANSWER_INVALID'],
  ['HTML by its type', { type: 'CsvDecoder' }, '<p>a,b\n1,2\n', { 'content-type': 'text/html' }, 'API_ANSWER_INVALID'],
  ['JSON', { type: 'CsvDecoder' }, '{"error":"wait"}', { 'content-type': 'application/json' }, 'API_ANSWER_INVALID'],
  ['no line of JSON', { type: 'JsonlDecoder' }, 'busy\nwait\n', {}, 'API_ANSWER_INVALID'],
  ['a line that breaks off', { type: 'JsonlDecoder' }, '{"a":1}\n{"a":2', {}, 'API_UNAVAILABLE'],
])('%s fails a stream, packed or not', async (_, definition, text, headers, code) => {
  for (const size of [1, 1000]) {
    const response = scriptedResponse({ text: '', headers })
    const { packed, whole } = await bothWays(definition, Buffer.from(text), size, response)
    expect([packed, whole]).toEqual([code, code])
    // What the error handler of the manifest says to ignore is a page without records.
    const ignored = await bothWays(definition, Buffer.from(text), size, { ...response, isPassedOver: true })
    expect(ignored.packed).toEqual(ignored.whole)
    expect(ignored.whole).toEqual(text.startsWith('{"a":1}') ? sent([{ a: 1 }]) : [])
  }
})

it('CSV that a server calls HTML is CSV all the same', async () => {
  const response = scriptedResponse({ text: '', headers: { 'content-type': 'text/html; charset=UTF-8' } })
  const { packed, whole } = await bothWays({ type: 'CsvDecoder' }, Buffer.from('a,b\n1,<p>\n'), 1000, response)
  expect([packed, whole]).toEqual([sent([{ a: '1', b: '<p>' }]), sent([{ a: '1', b: '<p>' }])])
})
