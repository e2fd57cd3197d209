import { expect, it } from 'vitest'
import type { HttpRequest } from '../component-contract.js'
import { wholeResponse } from './response.js'
import { ResponseCaches } from './response-cache.js'

const get = (url: string, headers: HttpRequest['headers'] = []): HttpRequest => ({ method: 'GET', url, headers })
const answer = (request: HttpRequest, status = 200, body: Uint8Array = Buffer.from('1')) =>
  wholeResponse({ request, url: request.url, status, headers: new Map() }, body)

it('knows a request again by what it asks, not by who asks, within one stream', async () => {
  const caches = new ResponseCaches()
  const parents = caches.for('parents')
  const asked = get('https://api.test/a?x=1&y=2', [
    ['Authorization', 'Bearer old'],
    ['X-Page', '1'],
  ])
  await parents.set(asked, answer(asked))
  const same = get('https://api.test/a?y=2&x=1', [
    ['x-page', '1'],
    ['authorization', 'Bearer new'],
  ])
  expect(parents.get(same)?.status).toBe(200)
  expect(parents.get(get('https://api.test/a?x=1&y=2'))).toBeUndefined()
  expect(caches.for('children').get(asked)).toBeUndefined()
  const odd = get('https://api.test/c?q=a?page=1')
  await parents.set(odd, answer(odd))
  expect(parents.get(get('https://api.test/c?q=a?page=2'))).toBeUndefined()
  const failed = get('https://api.test/b')
  await parents.set(failed, answer(failed, 404))
  expect(parents.get(failed)).toBeUndefined()
})

it('forgets the oldest where all together are too large', async () => {
  const cache = new ResponseCaches().for('s')
  // One buffer: only its length counts.
  const body = Buffer.alloc(60 * 1024 ** 2)
  const requests = Array.from({ length: 6 }, (_, i) => get(`https://api.test/${i}`))
  for (const request of requests) await cache.set(request, answer(request, 200, body))
  expect(requests.map((request) => cache.get(request) !== undefined)).toEqual([false, false, true, true, true, true])
})

it('keeps what was sent, and not what somebody made of it', async () => {
  const cache = new ResponseCaches().for('s')
  const asked = get('https://api.test/')
  const response = answer(asked, 200, Buffer.from('{"a": 1}'))
  const json = response.json()
  await cache.set(asked, response)
  expect(cache.get(asked)?.json()).toEqual(json)
  expect(cache.get(asked)?.json()).not.toBe(json)
})
