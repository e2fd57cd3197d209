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
