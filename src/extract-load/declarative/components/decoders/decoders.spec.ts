import { expect, it } from 'vitest'
import type { ComponentDefinition } from '../../component.js'
import type { Decoder } from '../../component-contract.js'
import { scriptedResponse, scriptedScope } from '../../testing/scripted-scope.js'
import { UnreadText } from './unread-text.js'

const decoder = (definition: ComponentDefinition) => scriptedScope().build('decoder', definition)

async function decoded(of: Decoder, pieces: readonly string[]): Promise<unknown[]> {
  const response = {
    ...scriptedResponse({ text: pieces.join('') }),
    stream: async function* () {
      for (const piece of pieces) yield Buffer.from(piece)
    },
  }
  const values: unknown[] = []
  for await (const batch of of.decode(response)) values.push(...batch)
  return values
}

const long = 'x'.repeat(64 * 1024)
const pieces = (text: string) => text.match(/.{1,64}/gs) ?? []

it.each([
  [{ type: 'JsonlDecoder' }, `{"a":"${long}"}`, { a: long }],
  [{ type: 'IterableDecoder' }, long, { record: long }],
  [{ type: 'CsvDecoder' }, `a\n"${long}"`, { a: long }],
  [{ type: 'JsonItemsDecoder', items_path: 'd' }, `{"d":[{"a":"${long}"}]}`, { a: long }],
])('%o reads a long value that comes in small pieces', async (definition, text, record) => {
  const [first] = await decoded(decoder(definition), pieces(text))
  expect(Object.values(first as object)[0] === Object.values(record)[0]).toBe(true)
})

it('hands text that goes on and on out a few times only, and not with each piece', () => {
  const unread = new UnreadText()
  let looked = 0
  for (const piece of pieces(long)) {
    const text = unread.add(piece)
    if (text === undefined) continue
    looked += text.length
    unread.keep(text)
  }
  expect(looked + unread.take().length).toBeLessThan(4 * long.length)
})

it('refuses text that has no end', () => {
  const unread = new UnreadText(10)
  expect(unread.add('0123456789')).toBe('0123456789')
  unread.keep('0123456789')
  expect([unread.add('abc'), unread.add('defghij')]).toEqual([undefined, '0123456789abcdefghij'])
  expect(() => unread.keep('0123456789a')).toThrow(expect.objectContaining({ code: 'API_ANSWER_INVALID' }))
})

it.each([
  ['{"d":[{"a":1}]}', 1],
  ['{"d":[{"a":1}]} {"d":[2]}', 'API_ANSWER_INVALID'],
  ['{"d":[{"a":1}]} 5', 'API_ANSWER_INVALID'],
  ['{"d":[{"a":1}]}}', 'API_ANSWER_INVALID'],
  ['{"d":[{"a":1}}]', 'API_ANSWER_INVALID'],
  ['{"d":[{"a":1}', 'API_ANSWER_INVALID'],
  [`${'['.repeat(1001)}${']'.repeat(1001)}`, 'API_ANSWER_INVALID'],
])('reads the items only where that is JSON: %s', async (text, found) => {
  const read = decoded(decoder({ type: 'JsonItemsDecoder', items_path: 'd' }), [text])
  expect(
    await read.then(
      ({ length }) => length,
      ({ code }) => code,
    ),
  ).toBe(found)
})

it('refuses JSON that becomes too large for one piece where it is unpacked', async () => {
  const piece = Buffer.alloc(64 * 1024 ** 2)
  const parse = decoder({ type: 'JsonDecoder' }).parse?.(
    (async function* () {
      for (let i = 0; i < 9; i++) yield piece
    })(),
    scriptedResponse({ text: '' }),
  )
  await expect(parse?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'API_ANSWER_INVALID',
    message: expect.stringContaining('MB'),
  })
})

it.each([
  [{ type: 'CsvDecoder' }, '__proto__,b\n1,2\n'],
  [{ type: 'XmlDecoder' }, '<a><__proto__>1</__proto__><b>2</b></a>'],
])('%o keeps fields whose names objects treat as their own', async (definition, text) => {
  expect(JSON.stringify(await decoded(decoder(definition), [text]))).toContain('{"__proto__":"1","b":"2"}')
})
