import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { sharedJson } from './request.js'

it('what many ask for at once is worked out for the first, and once for all others', async () => {
  let asked = 0
  const app = new Hono().get(
    '/',
    sharedJson(async () => ({ number: ++asked })),
  )
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.request('/')))
  expect(answers[0]?.headers.get('content-type')).toBe('application/json')
  expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
    { number: 1 },
    ...Array.from({ length: 19 }, () => ({ number: 2 })),
  ])
  expect(await (await app.request('/')).json()).toEqual({ number: 3 })
})
