import { describe, expect, it } from 'vitest'
import { MillraceError } from '../../../base/index.js'
import type { CustomComponent } from '../custom/index.js'
import { propagate, readManifest } from './index.js'

const stream = (lines = '') => `
  - type: DeclarativeStream
    name: users
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: https://api.example.com}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
${lines}`
const manifest = (streams: string, more = '') => `version: 6.1.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [users]}
streams:${streams}
${more}`

const read = (text: string, custom?: ReadonlyMap<string, CustomComponent>) =>
  readManifest(text, { file: 'm.yaml', custom })

function refusal(text: string): MillraceError {
  try {
    read(text)
  } catch (error) {
    if (error instanceof MillraceError) return error
    throw error
  }
  throw new Error('it was not refused')
}
const linesOf = (text: string) => refusal(text).message.split('\n  ').slice(1)

/** Of what `value` becomes. */
const resolved = (definitions: string) =>
  read(manifest(stream(), `definitions:\n${definitions}\nmetadata:\n  found: "#/definitions/wanted"`)).root.metadata

describe('references', () => {
  it.each([
    ['  wanted: 5', 5],
    ['  wanted: {a: "#/definitions/b"}\n  b: [1, "#/definitions/c"]\n  c: {d: 2}', { a: [1, { d: 2 }] }],
    ['  wanted: {$ref: "#/definitions/b", own: 1, both: 2}\n  b: {both: 3, other: 4}', { both: 2, other: 4, own: 1 }],
    ['  wanted: {$ref: "#/definitions/list/1/x"}\n  list: [0, {x: y}]', 'y'],
    ['  wanted: "#/definitions/a/b"\n  a/b: whole\n  a: {b: part}', 'whole'],
    ['  wanted: "#/definitions/a/b/c"\n  a: {b/c: rest}', 'rest'],
    [
      '  wanted: {config_overrides: {x: "#/definitions/nothing"}}',
      { config_overrides: { x: '#/definitions/nothing' } },
    ],
  ])('%s', (definitions, expected) => {
    expect(resolved(definitions)).toEqual({ found: expected })
  })

  it.each([
    [
      '  a: "#/definitions/b"\n  b: {$ref: "#/definitions/a"}',
      /m\.yaml:1[34]:\d+: the reference leads back to itself: #\/definitions\/b → #\/definitions\/a → #\/definitions\/b/,
    ],
    [
      '  a: "#/definitions/nothing"',
      /m\.yaml:13:6: nothing is there that the reference `#\/definitions\/nothing` leads to/,
    ],
    ['  a: "#/streams/0/retriever/x/y"', /nothing is there/],
  ])('%s is refused', (definitions, message) => {
    const error = refusal(manifest(stream(), `definitions:\n${definitions}`))
    expect(error).toMatchObject({ code: 'MANIFEST_INVALID', message: expect.stringMatching(message) })
  })
})

describe('manifests that grow without an end are refused', () => {
  const levels = (count: number, more: (level: number) => string) =>
    Array.from({ length: count }, (_, level) => more(level)).join('\n')

  it('by references', () => {
    const ten = (level: number) =>
      `  l${level + 1}: [${Array.from({ length: 20 }, () => `"#/definitions/l${level}"`).join(', ')}]`
    const text = manifest(stream(), `definitions:\n  l0: {a: 1}\n${levels(12, ten)}`)
    expect(refusal(text).message).toContain('references repeat each other')
  })

  it('by parameters that are components', () => {
    const text = manifest(
      stream(`    $parameters:\n${levels(12, (level) => `      p${level}: {type: X${level}, a: 1}`)}`),
    )
    expect(refusal(text).message).toContain('repeat its components without an end')
  })

  it('by aliases', () => {
    const ten = (level: number) =>
      `  l${level + 1}: &l${level + 1} [${Array.from({ length: 20 }, () => `*l${level}`).join(', ')}]`
    const text = manifest(stream(), `definitions:\n  l0: &l0 {a: 1}\n${levels(12, ten)}`)
    expect(refusal(text)).toMatchObject({ code: 'MANIFEST_UNREADABLE', at: { file: 'm.yaml' } })
  })
})

// What the CDK 7.39.1 makes of it; the trees of a hundred public manifests were compared with its own.
describe('types and parameters', () => {
  it('a component has what its parents say, over defaults and under its own', () => {
    const retriever = { requester: { path: '/own', $parameters: { path: '/not', size: 2 } }, paginator: {} }
    const made = propagate({ type: 'DeclarativeStream', retriever, $parameters: { path: '/up', name: 'n', zero: 0 } })
    expect(made).toEqual({
      type: 'DeclarativeStream',
      name: 'n',
      path: '/up',
      zero: 0,
      $parameters: { path: '/up', name: 'n', zero: 0 },
      retriever: {
        type: 'SimpleRetriever',
        name: 'n',
        path: '/up',
        zero: 0,
        $parameters: { path: '/up', name: 'n', zero: 0 },
        paginator: {
          type: 'NoPagination',
          name: 'n',
          path: '/up',
          zero: 0,
          $parameters: { path: '/up', name: 'n', zero: 0 },
        },
        requester: {
          type: 'HttpRequester',
          name: 'n',
          path: '/own',
          size: 2,
          zero: 0,
          $parameters: { path: '/not', name: 'n', size: 2, zero: 0 },
        },
      },
    })
  })

  it('what is no component has no parameters, and a component within it has', () => {
    const retriever = {
      type: 'X',
      map: { plain: 1, inner: { type: 'Y' } },
      schema: { type: 'object', a: { type: 'Z' } },
    }
    expect(propagate({ ...retriever, $parameters: { p: 1 } })).toEqual({
      type: 'X',
      p: 1,
      $parameters: { p: 1 },
      map: { plain: 1, inner: { type: 'Y', p: 1, $parameters: { p: 1 } } },
      schema: { type: 'object', a: { type: 'Z' } },
    })
  })

  it('a parameter is not given to the component that stands in the field of its name', () => {
    const made = propagate({ type: 'X', a: { type: 'Y' }, $parameters: { a: 1, b: 2 } })
    expect(made.a).toEqual({ type: 'Y', b: 2, $parameters: { b: 2 } })
  })

  it('parameters of parents win where that is wanted', () => {
    const definition = { type: 'X', a: { type: 'Y', $parameters: { p: 'own' } }, $parameters: { p: 'parent' } }
    expect(propagate(definition, { usesParentParameters: true }).a).toMatchObject({ p: 'parent' })
  })
})

describe('the check of the whole manifest', () => {
  it('tells of every problem at once, by the line that it comes from', () => {
    const text = manifest(
      stream('    primary_key: {a: 1}\n    incremental_sync: {$ref: "#/definitions/cursor"}'),
      'definitions:\n  cursor:\n    type: DatetimeBasedCursor\n    cursor_field: [x]\nsurplus: 1',
    )
    const lines = linesOf(text)
    expect(lines).toEqual(
      expect.arrayContaining([
        'm.yaml:11:18: `primary_key` of DeclarativeStream: expected string, or array',
        'm.yaml:16:19: `cursor_field` of DatetimeBasedCursor: expected string, received array',
        'm.yaml:12:23: `start_datetime` is missing of DatetimeBasedCursor',
        'm.yaml:17:10: `surplus` is no field of it',
      ]),
    )
  })

  it('names the components that are not there', () => {
    const text = manifest(
      stream(
        '    transformations: [{type: AddFeilds, fields: []}, {type: CustomTransformation, class_name: a.b.Mine}]',
      ),
    )
    const error = refusal(text)
    expect(error.code).toBe('MANIFEST_COMPONENT_UNSUPPORTED')
    expect(error.data?.unsupported).toEqual(['AddFeilds', 'Mine (CustomTransformation)'])
    expect(error.message).toContain("m.yaml:11:30: there is no component `AddFeilds`. Did you mean 'AddFields'?")
    expect(error.hint).toContain('stands for Mine (CustomTransformation) in')
  })

  it('nothing can stand for a name that is misspelled', () => {
    const error = refusal(manifest(stream('    transformations: [{type: AddFeilds, fields: []}]')))
    expect(error).toMatchObject({ code: 'MANIFEST_COMPONENT_UNSUPPORTED', hint: expect.stringMatching(/^Correct/) })
  })

  it('names what stands there instead of a field that is missing', () => {
    const cursor = "{type: DatetimeBasedCursor, start_datetime: '2024-01-01', datetime_format: '%s', cursor_feld: x}"
    expect(linesOf(manifest(stream(`    incremental_sync: ${cursor}`)))).toEqual([
      'm.yaml:11:117: `cursor_field` is missing of DatetimeBasedCursor, which has no field `cursor_feld`',
    ])
  })

  it('a class of Python that something stands for is none of them', () => {
    const text = manifest(stream('    transformations: [{type: CustomTransformation, class_name: a.b.Mine}]'))
    const custom = new Map<string, CustomComponent>([['Mine', () => ({ transform: () => {} })]])
    expect(read(text, custom).custom).toBe(custom)
  })

  it.each([
    ['version: 6.0.0\ncheck: {type: CheckStream, stream_names: [a]}', /it has no `streams`, and no `dynamic_streams`/],
    ['streams: []', /`version` is missing/],
    ['streams: {a: b', /not valid YAML/],
    ['- 1', /holds no manifest/],
  ])('%s is refused', (text, message) => {
    expect(() => read(text)).toThrow(message)
  })

  it('warns of fields that mean nothing, where they are written, and of a newer version', () => {
    const text = manifest(stream('    retreiver: 1\n    $parameters: {free: 1}')).replace('6.1.0', '99.0.0')
    expect(read(text).warnings).toEqual([
      expect.stringMatching(/written for version 99\.0\.0/),
      "m.yaml:11:16: DeclarativeStream has no field `retreiver`, which is passed over. Did you mean 'retriever'?",
    ])
  })

  it('says the same of many places once', () => {
    const twice = stream('    retreiver: 1') + stream('    retreiver: 1').replace('name: a', 'name: b')
    expect(read(manifest(twice)).warnings).toEqual([
      expect.stringMatching(/^m\.yaml:11:16: .* So it is in 1 other place\.$/),
    ])
  })

  it('has the spec of the connector, or one that takes anything', () => {
    const spec =
      'spec: {type: Spec, documentation_url: https://x.example, connection_specification: {type: object, required: [a]}}'
    expect(read(manifest(stream(), spec))).toMatchObject({
      spec: { type: 'object', required: ['a'] },
      documentationUrl: 'https://x.example',
    })
    expect(read(manifest(stream())).spec).toEqual({ type: 'object', additionalProperties: true })
  })
})

describe('who adds a manifest is told', () => {
  const ahead = (text: string) => () => readManifest(text, { file: 'm.yaml', looksAhead: true })
  const asking = (template: string, spec: string) =>
    manifest(
      stream(`    transformations: [{type: RemoveFields, condition: "${template}", field_pointers: [[a]]}]`),
      `spec: {type: Spec, connection_specification: ${spec}}`,
    )

  it('of templates that are none, which stop only the streams that need them', () => {
    const text = asking("{{ config['base_url'] ", '{type: object}')
    expect(ahead(text)).toThrow(/\n {2}m\.yaml:11:55: `\{\{ config\['base_url'\] ` is no template: /)
    expect(read(text).warnings).toEqual([])
  })

  it('of streams to check that are not there', () => {
    const text = manifest(stream()).replace('[users]', '[usres]')
    expect(ahead(text)().warnings).toEqual([
      "m.yaml:3:43: there is no stream `usres`, so that the check always fails. Did you mean 'users'?",
    ])
  })

  const properties = 'properties: {base_url: {type: string}}'
  const misspelled =
    "m.yaml:11:55: a template asks for the setting `base_ulr`, which the spec does not have. Did you mean 'base_url'?"
  it.each([
    ["{{ config['base_ulr'] }}", `{${properties}}`, [misspelled]],
    ['{{ config.base_ulr }}', `{${properties}, additionalProperties: true}`, [misspelled]],
    [
      '{{ config.other }}',
      `{${properties}}`,
      ['m.yaml:11:55: a template asks for the setting `other`, which the spec does not have.'],
    ],
    ['{{ config.other }}', `{${properties}, additionalProperties: true}`, []],
    ["{{ config.get('base_ulr') }}", `{${properties}}`, []],
    ['{{ config.base_url }}', `{${properties}}`, []],
    ['{{ config.base_ulr }}', '{type: object}', []],
    ['{{ config.base_ulr }}', `{oneOf: [{properties: {base_ulr: {}}}], ${properties}}`, []],
  ])('of settings that the spec does not have: %s, %s', (template, spec, warnings) => {
    expect(ahead(asking(template, spec))().warnings).toEqual(warnings)
    // Who runs it asks for them.
    const { warnings: unasked, undeclaredSettings } = read(asking(template, spec))
    expect([unasked, undeclaredSettings?.()]).toEqual([[], warnings])
  })

  it('not of settings that the manifest puts there itself', () => {
    const rules =
      '{config_normalization_rules: {type: ConfigNormalizationRules, transformations: [{type: ConfigAddFields, fields: [{type: AddedFieldDefinition, path: [base_ulr], value: x}]}]}, type'
    const text = asking('{{ config.base_ulr }}', `{${properties}}`).replace('spec: {type', `spec: ${rules}`)
    expect(ahead(text)().warnings).toEqual([])
  })
})
