import { expect, it } from 'vitest'
import { secretsInClear, secretValues } from './secret-values.js'

const secret = { type: 'string', airbyte_secret: true }
const text = { type: 'string' }

it('finds values below objects, lists and every branch of a choice, and leaves others alone', () => {
  const schema = {
    properties: {
      host: text,
      password: secret,
      streams: { items: { properties: { name: text, token: secret } } },
      credentials: { oneOf: [{ properties: { user: text } }, { properties: { api_key: secret } }] },
      headers: { additionalProperties: secret },
    },
  }
  const config = {
    host: 'db.example.com',
    password: 'one-1',
    streams: [{ name: 'orders', token: 'two-2' }, { name: 'items' }],
    credentials: { user: 'me', api_key: 'three-3' },
    headers: { Authorization: 'four-4' },
  }
  expect([...new Set(secretValues(schema, config))]).toEqual(['one-1', 'two-2', 'three-3', 'four-4'])
})

it('takes all that lies below a secret object, numbers too, and each line of a text', () => {
  const schema = { properties: { key: { type: 'object', airbyte_secret: true } } }
  const config = { key: { pin: 123456, pem: '-----BEGIN-----\n  MIIEvQIBADAN\n}' } }
  expect(secretValues(schema, config)).toEqual([
    '123456',
    '-----BEGIN-----\n  MIIEvQIBADAN\n}',
    '-----BEGIN-----',
    'MIIEvQIBADAN',
  ])
})

it('finds nothing in a config of another shape', () => {
  expect(secretValues({ properties: { list: { items: secret } } }, { list: 'text', more: null })).toEqual([])
  expect(secretValues({}, undefined)).toEqual([])
})

it('in clear are those that no variable stands for, marked or called like one', () => {
  const spec = { properties: { password: secret, pin: secret, key: secret, empty: secret, config: { type: 'object' } } }
  const written = {
    ...{ password: 'plain', pin: '${PIN}', key: 'a-${KEY}', empty: '' },
    config: { api_key: 'plain', user: 'me', deeper: { client_secret: 'x', access_token: '${T}' } },
  }
  expect(secretsInClear(spec, written)).toEqual([
    ['password'],
    ['config', 'api_key'],
    ['config', 'deeper', 'client_secret'],
  ])
})
