import { describe, expect, it } from 'vitest'
import { chosenBranch, completed, fieldsOf, missingSettings, type SettingSchema, withBranch } from './setting-schema.js'

const credentials: SettingSchema = {
  type: 'object',
  oneOf: [
    { title: 'Token', required: ['token'], properties: { type: { const: 'token' }, token: { type: 'string' } } },
    { title: 'User', required: ['user'], properties: { type: { const: 'user' }, user: { type: 'string' } } },
  ],
}
const schema: SettingSchema = {
  required: ['host', 'credentials', 'streams'],
  properties: {
    port: { type: 'integer', order: 1 },
    host: { type: 'string', order: 0 },
    credentials: { ...credentials, order: 2 },
    streams: {
      type: 'array',
      items: { required: ['name'], properties: { name: { type: 'string' }, path: {} } },
      order: 3,
    },
    options: { type: 'object', order: 4, properties: { deep: { type: 'string' } } },
  },
}
const either: SettingSchema = {
  oneOf: [{ required: ['image'] }, { required: ['command'] }],
  properties: { image: { type: 'string' }, command: { type: 'string' }, other: {} },
}

describe('a form', () => {
  it('asks in the order of the schema', () =>
    expect(fieldsOf(schema, {}).map((field) => field.name)).toEqual([
      'host',
      'port',
      'credentials',
      'streams',
      'options',
    ]))

  it('never asks for what tells a branch', () =>
    expect(fieldsOf(credentials, {}).map((field) => field.name)).toEqual(['token']))

  it('shows one of several where one is enough, also while it is empty', () => {
    const settings = withBranch(either, { image: 'i', other: 1 }, 1)
    expect(chosenBranch(either, settings)).toBe(1)
    expect(fieldsOf(either, settings)).toMatchObject([{ name: 'command', isRequired: true }, { name: 'other' }])
    expect(completed(either, settings)).toEqual({ other: 1 })
    expect(missingSettings(either, settings)).toEqual(['command'])
  })

  it('forgets what only the last branch had', () =>
    expect(withBranch(credentials, { type: 'token', token: 't' }, 1)).toEqual({ type: 'user' }))
})

describe('what is sent', () => {
  it.each([
    ['nothing', {}, { credentials: { type: 'token' } }],
    [
      'what was left empty',
      { host: '', port: undefined, streams: [{ name: 'a', path: '' }], options: { deep: '' } },
      { credentials: { type: 'token' }, streams: [{ name: 'a' }] },
    ],
    [
      'a branch',
      { host: 'h', credentials: { type: 'user', user: 'u' } },
      { host: 'h', credentials: { type: 'user', user: 'u' } },
    ],
    ['false and nought', { host: 'h', port: 0 }, { host: 'h', port: 0, credentials: { type: 'token' } }],
  ])('of %s', (_, settings, expected) => expect(completed(schema, settings)).toEqual(expected))
})

it.each([
  [{}, ['host', 'credentials.token', 'streams.0.name']],
  [{ host: 'h', credentials: { type: 'user' }, streams: [{ name: 's' }, {}] }, ['credentials.user', 'streams.1.name']],
])('what is missing in %j', (settings, expected) => expect(missingSettings(schema, settings)).toEqual(expected))
