import { afterAll, beforeAll, expect, it, vi } from 'vitest'

let answer: Response
let client: typeof import('./client.js')
beforeAll(async () => {
  // What a browser has.
  vi.stubGlobal('document', { querySelector: () => null })
  vi.stubGlobal('fetch', async () => answer.clone())
  client = await import('./client.js')
})
afterAll(() => vi.unstubAllGlobals())
const answers = (status: number, type: string, body: string) => {
  answer = new Response(body, { status, headers: { 'content-type': type } })
}

const loginPage = '<html>Log in</html>'

it.each([
  ['a page of a proxy', 'text/html; charset=utf-8', loginPage, 'A web page came instead of the answer.'],
  ['half an answer', 'application/json', '{"runId": "r', 'The answer of the server cannot be read.'],
  ['nothing', 'application/json', '', 'The answer of the server cannot be read.'],
])('%s is no success', async (_, type, body, message) => {
  answers(200, type, body)
  const failure = { error: { code: 'UNREADABLE', retryable: true, message, hint: expect.stringContaining('proxy') } }
  await expect(client.post('/connections/shop/sync')).rejects.toMatchObject(failure)
  await expect(client.put('/secrets/A', { value: 'x' })).rejects.toMatchObject(failure)
  await expect(client.get('/runs')).rejects.toMatchObject(failure)
})

it('a page is no file', async () => {
  answers(200, 'text/html', loginPage)
  await expect(client.postForFile('/query/parquet', {})).rejects.toMatchObject({ error: { code: 'UNREADABLE' } })
  answers(200, 'application/vnd.apache.parquet', 'PAR1')
  expect((await client.postForFile('/query/parquet', {})).size).toBe(4)
})

it('what is answered is handed on, nothing where nothing is to be said', async () => {
  answers(200, 'application/json', '{"runId":"r1"}')
  expect(await client.post('/connections/shop/sync')).toEqual({ runId: 'r1' })
  answer = new Response(null, { status: 204 })
  expect(await client.remove('/secrets/A')).toBeUndefined()
})
