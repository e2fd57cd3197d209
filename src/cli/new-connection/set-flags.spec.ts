import { describe, expect, it } from 'vitest'
import { readSetFlags, undeclaredIn, undeclaredSettings } from './set-flags.js'
import { missingSettings, type SettingSchema } from './setting-schema.js'

const schema: SettingSchema = {
  required: ['host', 'credentials', 'streams'],
  properties: {
    host: { type: 'string' },
    port: { type: ['null', 'integer'] },
    ssl: { type: 'boolean' },
    schemas: { type: 'array', items: { type: 'string' } },
    pages: { type: 'array', items: { type: 'integer' } },
    credentials: {
      type: 'object',
      oneOf: [
        { required: ['type', 'token'], properties: { type: { const: 'token' }, token: { type: 'string' } } },
        { required: ['type', 'user'], properties: { type: { const: 'user' }, user: { type: 'string' } } },
      ],
    },
    streams: { type: 'array', items: { required: ['name'], properties: { name: { type: 'string' } } } },
  },
}

describe('--set', () => {
  it.each([
    ['host=5432', { host: '5432' }],
    ['host=a=b', { host: 'a=b' }],
    ['port=5432', { port: 5432 }],
    ['port=null', { port: null }],
    ['port=${PORT}', { port: '${PORT}' }],
    ['ssl=true', { ssl: true }],
    ['schemas=a, b', { schemas: ['a', 'b'] }],
    ['schemas=["a,b"]', { schemas: ['a,b'] }],
    ['pages=1,2', { pages: [1, 2] }],
    ['credentials.token=0123', { credentials: { token: '0123' } }],
    ['streams.0.name=1', { streams: [{ name: '1' }] }],
    ['other={"a":1}', { other: { a: 1 } }],
    ['other.deep=yes', { other: { deep: 'yes' } }],
  ])('%s', (flag, expected) => expect(readSetFlags([flag], schema)).toEqual(expected))

  it('may be given many times, the last of a setting counts', () => {
    const flags = ['streams.0.name=a', 'streams.1.name=b', 'host=x', 'host=y']
    expect(readSetFlags(flags, schema)).toEqual({ streams: [{ name: 'a' }, { name: 'b' }], host: 'y' })
  })

  it.each(['host', '=x', 'port=many', 'port=1.5', 'ssl=yes'])('%s is refused', (flag) =>
    expect(() => readSetFlags([flag], schema)).toThrow(expect.objectContaining({ code: 'CLI_USAGE' })),
  )
})

describe('settings that the source does not tell of', () => {
  const told = (...names: string[]) =>
    undeclaredSettings(
      names.map((name) => `${name}=x`),
      { ...schema, properties: { ...schema.properties, headers: { additionalProperties: {} }, free: {} } },
    )

  it('are named, each once, with what may be meant', () =>
    expect(told('prot.a', 'prot.b', 'credentials.tokn', 'streams.0.nmae', 'other')).toEqual([
      "The source tells of no setting `prot`. Did you mean 'port'?",
      "The source tells of no setting `credentials.tokn`. Did you mean 'token'?",
      "The source tells of no setting `streams.0.nmae`. Did you mean 'name'?",
      'The source tells of no setting `other`.',
    ]))

  it('are named of a file, wherever they lie in it', () =>
    expect(
      undeclaredIn({ hots: 'x', credentials: { tokn: 't' }, streams: [{ name: 'a' }, { nmae: 'b' }] }, schema),
    ).toEqual([
      "The source tells of no setting `hots`. Did you mean 'host'?",
      "The source tells of no setting `credentials.tokn`. Did you mean 'token'?",
      "The source tells of no setting `streams.1.nmae`. Did you mean 'name'?",
    ]))

  it('are none of those that some branch has, or whose names anybody may choose', () =>
    expect(told('host', 'credentials.user', 'streams.1.name', 'headers.anything', 'free.deep')).toEqual([]))
})

describe('what is missing', () => {
  const full = { host: 'h', credentials: { type: 'token', token: 't' }, streams: [{ name: 's' }] }
  it.each([
    [full, []],
    [{ ...full, host: undefined }, ['host']],
    [{ ...full, streams: [{}, { name: 's' }] }, ['streams.0.name']],
    [{ ...full, streams: undefined }, ['streams.0.name']],
    [{ ...full, credentials: { type: 'user' } }, ['credentials.user']],
  ])('in %j', (settings, expected) => expect(missingSettings(schema, settings)).toEqual(expected))

  it('is one of several where one is enough', () => {
    const either = { oneOf: [{ required: ['image'] }, { required: ['command'] }] }
    expect(missingSettings(either, {})).toEqual(['image'])
    expect(missingSettings(either, { command: 'c' })).toEqual([])
  })
})
