import type { BuildScope, ComponentDefinition } from '../../component.js'
import type { QueryProperties } from '../../component-contract.js'
import { isPlainMapping } from '../../dpath/index.js'
import { failure } from '../../failure.js'

/** The requester as it is built, and the properties that were named in it; by which parameter they are sent, where it is one. */
export function requesterWithProperties(
  definition: ComponentDefinition,
  scope: BuildScope,
  stream: string,
): { readonly definition: ComponentDefinition; readonly key?: string; readonly properties?: QueryProperties } {
  const { request_parameters: parameters, fetch_properties_from_endpoint: fetched, query_properties: own } = definition
  const build = (properties: unknown) => scope.build('query_properties', properties, { stream })
  const inParameters = isPlainMapping(parameters)
    ? Object.entries(parameters).filter(([, value]) => isPlainMapping(value) && value.type === 'QueryProperties')
    : []
  const [first] = inParameters
  if (!first) {
    if (fetched) return { definition, properties: build({ type: 'QueryProperties', property_list: fetched }) }
    return own ? { definition, properties: build(own) } : { definition }
  }
  if (fetched || inParameters.length > 1) throw severalLists(stream)
  const [key, properties] = first
  const { [key]: _, ...others } = parameters as Record<string, unknown>
  return { definition: { ...definition, request_parameters: others }, key, properties: build(properties) }
}

const severalLists = (stream: string) =>
  failure('MANIFEST_INVALID', {
    message: `The requester of stream \`${stream}\` has several lists of properties.`,
    hint: 'One QueryProperties per requester is sent: remove the others.',
    failureType: 'system_error',
  })
