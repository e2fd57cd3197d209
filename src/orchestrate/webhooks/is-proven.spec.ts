import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isProven } from './is-proven.js'
import { type OwnSender, type SenderName, senderOf } from './senders.js'
import { webhook } from './webhook.js'

const now = new Date('2024-05-01T10:00:00Z')
const seconds = String(now.getTime() / 1000)

function proven(
  sender: SenderName | OwnSender,
  secret: string,
  headers: Record<string, string>,
  body = '{}',
  at = now,
) {
  const proof = senderOf(sender)?.proof
  return proof && isProven(proof, secret, { headers, body: Buffer.from(body) }, at)
}
const signed = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex')

describe('who sends a delivery', () => {
  it('proves it as the documentation of GitHub says', () => {
    const header = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    const of = (secret: string, body: string, value = header) =>
      proven('github', secret, { 'x-hub-signature-256': value }, body)
    expect(of("It's a Secret to Everybody", 'Hello, World!')).toBe(true)
    expect(of('another', 'Hello, World!')).toBe(false)
    expect(of("It's a Secret to Everybody", 'Hello, World?')).toBe(false)
    expect(of("It's a Secret to Everybody", 'Hello, World!', header.slice(7))).toBe(false)
    expect(proven('github', 'x', {})).toBe(false)
  })
  it('proves it as the standard webhooks do, within five minutes', () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,bm9ldHU= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    }
    const at = (ms: number) =>
      proven('standard', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', headers, '{"test": 2432232314}', new Date(ms))
    expect(at(1_614_265_330_000)).toBe(true)
    expect(at(1_614_265_330_000 + 301_000)).toBe(false)
    expect(at(1_614_265_330_000 - 301_000)).toBe(false)
  })
  it('proves it as Stripe does, with one of several signatures', () => {
    const signature = signed('s', `${seconds}.{}`)
    const of = (header: string, at = now) => proven('stripe', 's', { 'stripe-signature': header }, '{}', at)
    expect(of(`t=${seconds},v1=00,v1=${signature},v0=1`)).toBe(true)
    expect(of(`t=${seconds},v0=${signature}`)).toBe(false)
    expect(of(`t=${Number(seconds) + 1},v1=${signature}`)).toBe(false)
    expect(of(`t=${seconds},v1=${signature}`, new Date(now.getTime() + 400_000))).toBe(false)
    expect(of(`v1=${signed('s', 'undefined.{}')}`)).toBe(false)
  })
  it('proves it with the secret itself, where that is how it is done', () => {
    expect(proven('bearer', 's', { authorization: 'bearer s' })).toBe(true)
    expect(proven('bearer', 's', { authorization: 's' })).toBe(false)
    expect(proven('bearer', 's', { authorization: 'Bearer st' })).toBe(false)
    expect(proven('gitlab', 's', { 'x-gitlab-token': 's' })).toBe(true)
    expect(proven('gitlab', 's', {})).toBe(false)
  })
  it('may have a way of its own', () => {
    const sha1 = createHmac('sha1', 's').update('{}').digest('base64')
    const own = { signature: 'X-Own', algorithm: 'sha1', encoding: 'base64', prefix: 'v1:' } as const
    expect(proven(own, 's', { 'x-own': `v1:${sha1}` })).toBe(true)
    expect(proven(own, 's', { 'x-own': sha1 })).toBe(false)
    expect(proven({ token: 'X-Key' }, 's', { 'x-key': 's' })).toBe(true)
    const shopify = createHmac('sha256', 's').update('{}').digest('base64')
    expect(proven('shopify', 's', { 'x-shopify-hmac-sha256': shopify })).toBe(true)
  })
})

describe('webhook()', () => {
  it.each([
    [{ target: '*' }, 'webhook(…) has no secret.'],
    [{ target: '*', secret: 'not a name' }, 'webhook(…) has no secret.'],
    [{ target: '*', secret: 'S', sender: 'gihub' }, 'Of the sender "gihub" nobody knows how it signs.'],
    [{ target: '*', secret: 'S', maxPerMinute: 0 }, 'maxPerMinute of webhook(…) is no number of deliveries.'],
    [{ target: '*', secret: 'S', payload: {} }, 'The payload of webhook(…) is no schema of zod 4.'],
  ])('refuses %j', (options, message) => {
    expect(() => webhook(options as never)).toThrow(message)
  })
})
