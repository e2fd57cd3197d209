import { expect, it } from 'vitest'
import type { Decoder } from '../../component-contract.js'
import { scriptedResponse, scriptedScope } from '../../testing/scripted-scope.js'

async function logsOf(path: readonly string[], json: unknown) {
  const scope = scriptedScope()
  const decoder: Decoder = scope.build('decoder', { type: 'JsonDecoder' })
  const extractor = scope.build(
    'record_extractor',
    { type: 'DpathExtractor', field_path: path },
    { decoder, stream: 'orders' },
  )
  // What is so on every page is said once.
  for (let page = 0; page < 2; page++)
    for await (const _ of extractor.extract(scriptedResponse({ json }))) expect(_).toBeDefined()
  return scope.logs
}

it.each([
  [
    ['itemz'],
    { items: [1], has_more: false },
    "The answer has no `itemz`; it has: items, has_more. Did you mean 'items'?",
  ],
  [['data', 'rows'], { data: { list: [] } }, '`data` of the answer has no `rows`; it has: list.'],
])('it is told once what an answer has instead of %j', async (path, json, message) => {
  expect(await logsOf(path, json)).toEqual([message])
})

it.each([
  [['items'], { items: [] }],
  [['items'], { items: null }],
  [['items'], []],
  [['items'], {}],
  [['*', 'items'], { a: {} }],
])('nothing is said of an answer with nothing in it: %j of %j', async (path, json) => {
  expect(await logsOf(path, json)).toEqual([])
})
