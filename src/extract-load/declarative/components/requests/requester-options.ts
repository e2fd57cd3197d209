import type { Mapping, RequestPlace, TemplateValues } from '../../component-contract.js'
import { failure } from '../../failure.js'
import type { Evaluated, Interpolation } from '../../interpolation/index.js'
import type { BodyTemplates } from './request-bodies.js'

export interface OptionTemplates {
  readonly params: string | Mapping | undefined
  readonly headers: string | Mapping | undefined
  readonly body: BodyTemplates
  readonly queryPropertiesKey: string | undefined
}

/** What a requester itself puts into its requests. */
export interface RequesterOptions {
  params(values: TemplateValues, place: RequestPlace): Mapping
  headers(values: TemplateValues): Mapping | string
  bodyData(values: TemplateValues): Mapping | string
  bodyJson(values: TemplateValues): Mapping | string
}

export function requesterOptions(templates: OptionTemplates, interpolation: Interpolation): RequesterOptions {
  const params = optionValues(templates.params, interpolation, 'lists')
  const headers = optionValues(templates.headers, interpolation, 'all')
  const data = optionValues(templates.body.data, interpolation, 'lists')
  const json = templates.body.json
  const bodyJson = typeof json === 'string' ? textValue(json, interpolation) : interpolation.nested(json ?? {})
  const key = templates.queryPropertiesKey
  return {
    params: (values, place) => {
      const own = params(values)
      if (typeof own === 'string') return {}
      return key === undefined ? own : { ...own, [key]: queryProperties(place) }
    },
    headers: (values) => headers(values),
    bodyData: (values) => data(values),
    bodyJson: (values) => optionsOf(bodyJson(values)),
  }
}

/** Values that are None are left out; a text may say a whole mapping. */
function optionValues(
  template: string | Mapping | undefined,
  interpolation: Interpolation,
  literals: 'all' | 'lists',
): Evaluated<Mapping | string> {
  if (typeof template === 'string') {
    const value = textValue(template, interpolation)
    return (values) => withoutNone(optionsOf(value(values)))
  }
  if (template === undefined || Object.keys(template).length === 0) return () => ({})
  const mapping = interpolation.mapping(template, { literals })
  return (values) => withoutNone(mapping(values))
}

const textValue = (template: string, interpolation: Interpolation) => interpolation.value(template, { default: '' })

/** What is neither a text nor a mapping has no options in it. */
function optionsOf(value: unknown): Mapping | string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {}
}

const withoutNone = (options: Mapping | string): Mapping | string =>
  typeof options === 'string'
    ? options
    : Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null && value !== undefined))

function queryProperties({ slice }: RequestPlace): string {
  const properties = slice?.extraFields.query_properties
  if (Array.isArray(properties)) return properties.join(',')
  throw failure('MANIFEST_INVALID', {
    message: 'A requester asks for properties by `QueryProperties`, and nothing says which ones.',
    hint: 'QueryProperties can be used in the requester of a SimpleRetriever.',
    failureType: 'system_error',
  })
}
