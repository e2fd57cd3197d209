import { afterEach, describe, expect, it } from 'vitest'
import { forgetSecrets, redact, systemClock } from '../../../base/index.js'
import { PyFloat } from '../../../jinja/index.js'
import type { Mapping, SourceServices } from '../component-contract.js'
import { readManifest } from '../manifest/index.js'
import { prepareConfig } from './index.js'

afterEach(forgetSecrets)

const services: SourceServices = {
  clock: systemClock,
  random: () => 0,
  transport: { send: () => Promise.reject(new Error('nothing is sent')) },
  say: async () => {},
}

const prepared = (config: Mapping, rules: Mapping = {}, properties: Mapping = {}) =>
  prepareConfig(
    readManifest(
      JSON.stringify({
        version: '6.0.0',
        check: { type: 'CheckStream', stream_names: [] },
        streams: [],
        spec: {
          type: 'Spec',
          connection_specification: {
            $schema: 'http://json-schema.org/draft-07/schema#',
            type: 'object',
            ...properties,
          },
          config_normalization_rules: { type: 'ConfigNormalizationRules', ...rules },
        },
      }),
      { file: 'm.json' },
    ),
    config,
    services,
  )

const add = (path: readonly string[], value: string, more: Mapping = {}) => ({
  type: 'ConfigAddFields',
  fields: [{ type: 'AddedFieldDefinition', path, value, ...more }],
})
const migrations = (...transformations: Mapping[]) => ({
  config_migrations: [{ type: 'ConfigMigration', transformations }],
})

// What the CDK 7.39.1 does.
describe('a config is changed as the manifest says', () => {
  it('migrations are told, transformations are not; each sees what was put before', () => {
    const found = prepared(
      { old: 'x' },
      {
        ...migrations(add(['now'], "{{ config['old'] }}1"), { type: 'ConfigRemoveFields', field_pointers: [['old']] }),
        transformations: [add(['later'], "{{ config['now'] }}2")],
      },
    )
    expect(found.migrated).toEqual({ now: 'x1' })
    expect(found.config).toEqual({ now: 'x1', later: 'x12' })
  })

  it('a migration that changed nothing is not told, nor one below a setting', () => {
    expect(prepared({ a: 1 }, migrations(add(['a'], '1'))).migrated).toBeUndefined()
    const below = prepared({ a: { b: 1 } }, migrations(add(['a', 'c'], 'x')))
    expect([below.migrated, below.config]).toEqual([undefined, { a: { b: 1, c: 'x' } }])
  })

  it.each([
    [
      { type: 'ConfigRemapField', map: { live: 'production' }, field_path: ['at', 'env'] },
      { at: { env: 'production' }, n: '5' },
    ],
    [
      { type: 'ConfigRemapField', map: { other: 'x' }, field_path: ['at', 'env'] },
      { at: { env: 'live' }, n: '5' },
    ],
    [
      { type: 'ConfigRemapField', map: { live: 'x' }, field_path: ['nowhere', 'env'] },
      { at: { env: 'live' }, n: '5' },
    ],
    [
      { type: 'ConfigRemoveFields', field_pointers: [['at', 'env'], ['none']] },
      { at: {}, n: '5' },
    ],
    [
      { type: 'ConfigRemoveFields', field_pointers: [['n']], condition: "{{ config['n'] == 'no' }}" },
      { at: { env: 'live' }, n: '5' },
    ],
    [add(['m'], "{{ config['n'] }}", { value_type: 'string' }), { at: { env: 'live' }, n: '5', m: '5' }],
    [add(['m'], "{{ config['n'] }}"), { at: { env: 'live' }, n: '5', m: 5 }],
  ])('%j', (transformation, expected) => {
    const config = { at: { env: 'live' }, n: '5', ...('count' in expected ? { count: 1 } : {}) }
    expect(prepared(config, { transformations: [transformation] }).config).toEqual(expected)
    expect(config).toMatchObject({ at: { env: 'live' }, n: '5' })
  })

  it('floats stay some', () => {
    const found = prepared(
      { rate: new PyFloat(2), in: [{ rate: new PyFloat(3) }] },
      { transformations: [add(['text'], "{{ config['rate'] }}%")] },
    )
    expect(found.config).toEqual({ rate: new PyFloat(2), in: [{ rate: new PyFloat(3) }], text: '2.0%' })
  })

  it('without settings nothing is changed', () => {
    expect(prepared({}, migrations(add(['a'], '1')))).toMatchObject({ config: {}, migrated: undefined })
  })
})

describe('a config is held against the spec', () => {
  const properties = {
    required: ['token'],
    properties: {
      token: { type: 'string', airbyte_secret: true },
      start: { type: 'string', pattern: '^(?P<year>[0-9]{4})-[0-9]{2}\\Z' },
      auth: { oneOf: [{ required: ['kind'], properties: { kind: { const: 'a' } } }] },
    },
  }
  const problem = (config: Mapping): unknown => {
    try {
      prepared(config, {}, properties).checkAgainstSpec()
      return undefined
    } catch (error) {
      return error
    }
  }

  it.each([
    [{ token: 'x', start: '2024-01', _limit: 5 }, undefined],
    [{}, /Config validation error: `token` is missing/],
    [{ token: 5 }, /`token` must be string/],
    [{ token: 'x', start: '24' }, /`start` must match pattern/],
    [{ token: 'x', auth: {} }, /`auth\.kind` is missing/],
  ])('%j', (config, message) => {
    if (message)
      expect(problem(config)).toMatchObject({
        message: expect.stringMatching(message),
        data: { failureType: 'config_error' },
      })
    else expect(problem(config)).toBeUndefined()
  })

  it('a spec that says it is asynchronous is held to as any other', () => {
    expect(() => prepared({ n: 2n ** 70n }, {}, { ...properties, $async: true }).checkAgainstSpec()).toThrow(
      '`token` is missing',
    )
  })

  it('secrets are masked in what a migration says of them, too', () => {
    const rules = migrations(add(['x'], "{{ config['token'].nothing.there }}"))
    expect(() => prepared({ token: 'another-secret-word' }, rules, properties)).toThrow()
    expect(redact('another-secret-word')).not.toContain('another-secret-word')
  })

  it('its secrets are masked from then on', () => {
    prepared({ token: 'very-secret-word' }, {}, properties)
    expect(redact('a very-secret-word b')).not.toContain('very-secret-word')
  })
})

describe("the manifest's own rules", () => {
  const rule = { type: 'ValidateAdheresToSchema', base_schema: { type: 'object', required: ['id'] } }
  const at = (...field_path: string[]) => ({ type: 'DpathValidator', field_path, validation_strategy: rule })

  it.each([
    [{ a: { id: 1 } }, at('a'), undefined],
    [{ a: '{"id": 1}' }, at('a'), undefined],
    [{ b: 1 }, at('a'), undefined],
    [{ a: {} }, at('a'), /`id` is missing/],
    [{ a: 'x' }, at('a'), /it is no JSON/],
    [{ a: [{ id: 1 }, {}] }, at('a', '*'), /`id` is missing/],
    [{ a: 1 }, { type: 'PredicateValidator', value: { id: 1 }, validation_strategy: rule }, undefined],
    [{ a: 1 }, { type: 'PredicateValidator', value: {}, validation_strategy: rule }, /`id` is missing/],
  ])('%j', (config, validator, message) => {
    const validate = () => prepared(config, { validations: [validator] }).validate()
    if (message) expect(validate).toThrow(message)
    else expect(validate).not.toThrow()
  })
})

it('a setting that is misspelled is told with the one that is missing', () => {
  const { checkAgainstSpec } = prepared(
    { baseurl: 'x', other: 1 },
    {},
    { required: ['base_url'], properties: { base_url: {} } },
  )
  expect(checkAgainstSpec).toThrow("`base_url` is missing. There is no setting `baseurl`. Did you mean 'base_url'?")
})
