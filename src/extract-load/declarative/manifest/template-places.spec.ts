import { expect, it } from 'vitest'
import type { SourceEvent } from '../component-contract.js'
import { openSource } from '../source/index.js'
import { collected, scriptedApi } from '../testing/scripted-api.js'
import { readManifest } from './read-manifest.js'

const manifest = `version: 7.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [a] }
definitions:
  added:
    type: AddFields
    fields:
      - path: [half]
        value: "{{ record['n'] / 0 }}"
  stream:
    type: DeclarativeStream
    schema_loader: { type: InlineSchemaLoader, schema: {} }
    retriever:
      type: SimpleRetriever
      requester: { type: HttpRequester, url_base: http://api.test, path: /a, request_headers: { x-n: "{{ 2 / nothing }}" } }
      record_selector: { type: RecordSelector, extractor: { type: DpathExtractor, field_path: [data] } }
streams:
  - $ref: "#/definitions/stream"
    name: a
  - $ref: "#/definitions/stream"
    name: b
    retriever:
      $ref: "#/definitions/stream/retriever"
      requester:
        $ref: "#/definitions/stream/retriever/requester"
        request_headers: {}
        request_parameters: { "{{ 1 / 0 }}": x }
  - $ref: "#/definitions/stream"
    name: c
    retriever: { $ref: "#/definitions/stream/retriever", requester: { type: HttpRequester, url_base: http://api.test } }
    transformations: [{ $ref: "#/definitions/added" }]
dynamic_streams:
  - type: DynamicDeclarativeStream
    stream_template:
      $ref: "#/definitions/stream"
      name: made
      retriever: { $ref: "#/definitions/stream/retriever", requester: { type: HttpRequester, url_base: "http://api.test/{{ 3 / 0 }}" } }
    components_resolver:
      type: ConfigComponentsResolver
      stream_config: { type: StreamConfig, configs_pointer: [made] }
      components_mapping: [{ type: ComponentMappingDefinition, field_path: [name], value: "{{ components_values.name }}" }]
  - type: DynamicDeclarativeStream
    stream_template: { $ref: "#/definitions/stream", name: made_too }
    components_resolver:
      type: ConfigComponentsResolver
      stream_config: { type: StreamConfig, configs_pointer: [more] }
      components_mapping: [{ type: ComponentMappingDefinition, field_path: [name], value: "{{ components_values.name }}" }]
`

async function failureOf(name: string) {
  const { services } = scriptedApi(() => ({ data: [{ n: 1 }] }))
  const source = openSource({
    manifest: readManifest(manifest, { file: 'm.yaml' }),
    config: { made: [{ name: 'd' }], more: [{ name: 'e' }] },
    services,
  })
  const stream = { name, syncMode: 'full_refresh' as const, cursorField: undefined, primaryKey: undefined }
  const events = await collected(source.read([{ stream, state: undefined }]))
  return events.find(
    (event): event is Extract<SourceEvent, { type: 'error' }> => event.type === 'error' && event.stream === name,
  )?.error
}

it.each([
  ['a', 15, 'of HttpRequester of the stream `a` uses the name `nothing`'],
  ['b', 27, 'of HttpRequester of the stream `b` failed'],
  ['c', 9, 'of AddedFieldDefinition of the stream `c` failed'],
  ['d', 37, 'of HttpRequester failed'],
  // The template of `e` is that of the stream `a` too.
  ['e', 15, 'of HttpRequester uses the name `nothing`'],
])('a template that fails in the stream %s says where it stands', async (stream, line, words) => {
  expect(await failureOf(stream)).toMatchObject({
    code: 'MANIFEST_TEMPLATE_FAILED',
    message: expect.stringContaining(words),
    at: { file: 'm.yaml', line, column: expect.any(Number) },
  })
})
