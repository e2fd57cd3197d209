import { afterEach, expect, it } from 'vitest'
import { forgetSecrets, registerSecret } from '../../../base/index.js'
import { wholeResponse } from './response.js'
import { exchangeText, requestLine, shownExchange } from './shown-request.js'

afterEach(forgetSecrets)

const request = {
  method: 'POST',
  url: 'https://api.test/keys/s%C3%A9cret+key%21/items?key=s%C3%A9cret+key%21&page=2',
  headers: [
    ['Authorization', 'Bearer abc'],
    ['Cookie', 'session=1'],
    ['X-Key', 'sécret key!'],
  ],
  body: 'key=s%C3%A9cret+key%21&a=1',
} as const

it('shows no secret, however it is encoded', () => {
  registerSecret('sécret key!')
  const mask = '**********'
  const head = { request, url: request.url, status: 403, headers: new Map([['set-cookie', 'session=2']]) }
  const response = wholeResponse(head, Buffer.from('{"error": "no sécret key!"}'))
  const url = `https://api.test/keys/${mask}/items?key=${mask}&page=2`
  expect(requestLine(request)).toBe(`POST ${url}`)
  expect(exchangeText(request, response)).toBe(
    `POST ${url} with the body key=${mask}&a=1 was answered 403: {"error": "no ${mask}"} (set-cookie: ${mask})`,
  )
  const of = { stream: 's', slice: undefined, isAuxiliary: false }
  expect(shownExchange(request, response, response.text(), of)).toEqual({
    ...of,
    request: {
      method: 'POST',
      url,
      headers: [
        ['Authorization', `Bearer ${mask}`],
        ['Cookie', mask],
        ['X-Key', mask],
      ],
      body: `key=${mask}&a=1`,
    },
    response: { status: 403, headers: new Map([['set-cookie', mask]]), body: `{"error": "no ${mask}"}` },
  })
})

it('shows none in escapes of JSON, in links, in Base64, and none that a cut would halve', () => {
  registerSecret('sécret/key!')
  registerSecret('hunter2-secret')
  const headers = new Map([
    ['link', '<https://api.test/?key=s%c3%a9cret%2Fkey!&page=2>; rel="next"'],
    ['x-auth', `Key ${Buffer.from('me:hunter2-secret').toString('base64')}`],
    ['etag', 'abcdefgh12345678'],
  ])
  const response = wholeResponse({ request, url: request.url, status: 200, headers }, Buffer.from(''))
  const body = '{"a": "s\\u00E9cret\\/key!", "b": "c\\n"}'
  const shown = shownExchange(request, response, body, { stream: 's', slice: undefined, isAuxiliary: false })
  expect([...(shown.response?.headers.values() ?? [])]).toEqual([
    '<https://api.test/?key=**********&page=2>; rel="next"',
    'Key **********',
    'abcdefgh12345678',
  ])
  expect(shown.response?.body).toBe('{"a": "**********", "b": "c\\n"}')
  const long = `${' '.repeat(99_993)}hunter2-secret`
  const cut = shownExchange(request, response, long, { stream: 's', slice: undefined, isAuxiliary: false })
  expect(cut.response?.body.trim()).toBe('*******')
})
