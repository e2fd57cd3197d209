import { expect, it } from 'vitest'
import type { Mapping } from '../../component-contract.js'
import { openSource } from '../../source/index.js'
import { manifestOf, scriptedApi, streamOf } from '../../testing/scripted-api.js'

const mapping = (field_path: readonly (string | number)[], value: string, rest: Mapping = {}) => ({
  type: 'ComponentMappingDefinition',
  field_path,
  value,
  ...rest,
})
const named = mapping(['name'], "{{ components_values['name'] }}")

async function discovered(dynamic: Mapping, config: Mapping = {}) {
  const api = scriptedApi(() => ({
    data: [
      { name: 'users', key: 'uid' },
      { name: 'orders', key: 'oid' },
    ],
  }))
  const dynamicStream = { type: 'DynamicDeclarativeStream', stream_template: streamOf(''), ...dynamic }
  const source = openSource({
    manifest: manifestOf({ dynamic_streams: [dynamicStream] }),
    config,
    services: api.services,
  })
  return { streams: await source.discover(), requests: api.requests }
}

it('makes a stream of each record of an API, which is asked once', async () => {
  const { streams, requests } = await discovered({
    stream_template: streamOf('', { primary_key: 'id' }),
    components_resolver: {
      type: 'HttpComponentsResolver',
      retriever: streamOf('tables').retriever,
      components_mapping: [named, mapping(['primary_key'], "{{ components_values['key'] }}")],
    },
  })
  expect(streams.map((stream) => [stream.name, stream.sourceDefinedPrimaryKey])).toEqual([
    ['users', [['uid']]],
    ['orders', [['oid']]],
  ])
  expect(requests).toEqual(['GET /tables'])
})

it('makes a stream of each combination of lists in the settings', async () => {
  const { streams } = await discovered(
    {
      components_resolver: {
        type: 'ConfigComponentsResolver',
        stream_config: [
          { type: 'StreamConfig', configs_pointer: ['things'], default_values: [{ name: 'more' }] },
          { type: 'StreamConfig', configs_pointer: ['regions'] },
        ],
        components_mapping: [
          mapping(['name'], "{{ components_values['name'] }}_{{ components_values['source_config_1'][1] }}"),
          mapping(['incremental_sync'], '{type: IncrementingCountCursor, cursor_field: id}', {
            create_or_update: true,
            condition: "{{ components_values['name'] == 'more' }}",
          }),
        ],
      },
    },
    { things: [{ name: 'a' }], regions: ['eu', 'us'] },
  )
  expect(streams.map((stream) => [stream.name, stream.defaultCursorField])).toEqual([
    ['a_eu', []],
    ['a_us', []],
    ['more_eu', ['id']],
    ['more_us', ['id']],
  ])
})

it('takes numbers in a path for places in a list', async () => {
  const { streams } = await discovered({
    stream_template: streamOf('', { primary_key: ['a', 'b'] }),
    components_resolver: {
      type: 'ParametrizedComponentsResolver',
      stream_parameters: { type: 'StreamParametersDefinition', list_of_parameters_for_stream: [{ name: 'one' }] },
      components_mapping: [named, mapping(['primary_key', 1], 'second')],
    },
  })
  expect(streams[0]?.sourceDefinedPrimaryKey).toEqual([['a'], ['second']])
})

it('refuses two streams of one name, and says who can mend it', async () => {
  const twice = {
    components_resolver: {
      type: 'ConfigComponentsResolver',
      stream_config: { type: 'StreamConfig', configs_pointer: ['things'] },
      components_mapping: [named],
    },
  }
  await expect(discovered(twice, { things: [{ name: 'a' }, { name: 'a' }] })).rejects.toMatchObject({
    code: 'MANIFEST_CONFIG_INVALID',
    data: { failureType: 'config_error' },
  })
})
