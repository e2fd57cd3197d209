import { isMapping } from '../../../base/index.js'
import type { BuildScope, ComponentDefinition } from '../component.js'
import type { Mapping } from '../component-contract.js'
import { failure } from '../failure.js'
import { propagate } from '../manifest/index.js'

/** A stream of the manifest, or one that was made by a dynamic stream. */
export interface StreamDefinition {
  readonly definition: ComponentDefinition
  readonly name: string
  /** The dynamic stream that made it. */
  readonly madeBy: string | undefined
}

/** The streams that are written in the manifest, as far as their conditions hold. */
export function staticStreams(root: Mapping, scope: BuildScope): StreamDefinition[] {
  return listOf(root.streams).flatMap((each) => {
    if (each.type !== 'ConditionalStreams') return [named(each, undefined)]
    const holds = scope.interpolation.withParameters({}, each).boolean(each.condition)
    return holds() ? listOf(each.streams).map((stream) => named(stream, undefined)) : []
  })
}

/** The streams that dynamic ones make; some ask an API for that. */
export async function dynamicStreams(root: Mapping, scope: BuildScope): Promise<StreamDefinition[]> {
  const found = new Map<string, StreamDefinition>()
  const names = dynamicNames(root)
  for (const [at, dynamic] of listOf(root.dynamic_streams).entries()) {
    const madeBy = names[at]
    const resolver = scope.build('components_resolver', dynamic.components_resolver, { stream: textOf(dynamic.name) })
    const usesParentParameters = dynamic.use_parent_parameters !== false
    for await (const definition of resolver.resolve(dynamic.stream_template as Mapping)) {
      const made = propagate(definition, { usesParentParameters })
      if (typeof made.name !== 'string') throw notNamed(made.name, { dynamic, madeBy, scope })
      const stream = named(made, madeBy)
      if (found.has(stream.name)) throw duplicate(stream.name, resolver.isMadeOfConfig)
      found.set(stream.name, stream)
    }
  }
  return [...found.values()]
}

/** As a check names them. */
export const dynamicNames = (root: Mapping): readonly string[] =>
  listOf(root.dynamic_streams).map(({ name }, at) => textOf(name) ?? `dynamic_stream_${at}`)

const listOf = (value: unknown): readonly ComponentDefinition[] =>
  Array.isArray(value) ? value.filter((each): each is ComponentDefinition => isMapping(each)) : []

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function named(definition: Mapping, madeBy: string | undefined): StreamDefinition {
  const { name } = definition
  return {
    definition: { type: 'DeclarativeStream', ...definition } as ComponentDefinition,
    name: typeof name === 'string' ? name : '',
    madeBy,
  }
}

/** A template makes a number, a list or an object of a text that spells one. */
function notNamed(
  name: unknown,
  {
    dynamic,
    madeBy,
    scope,
  }: { readonly dynamic: ComponentDefinition; readonly madeBy: string | undefined; readonly scope: BuildScope },
): Error {
  const mappings: unknown = isMapping(dynamic.components_resolver) && dynamic.components_resolver.components_mapping
  const mapping = (Array.isArray(mappings) ? mappings : []).find(
    (each) => isMapping(each) && String(each.field_path) === 'name' && typeof each.value === 'string',
  )
  const kind = Array.isArray(name)
    ? 'list'
    : isMapping(name)
      ? 'object'
      : name === null || name === undefined
        ? ''
        : typeof name
  const shown = kind === '' ? 'none' : `the ${kind} ${shortJson(name)}`
  return failure('MANIFEST_INVALID', {
    message: `The dynamic stream \`${madeBy}\` made a stream whose name is ${shown}, and not a text.`,
    hint: 'Let `components_mapping` make a text of it: name one field of what it is made of, or give the mapping `value_type: string`.',
    failureType: 'system_error',
    at: mapping && scope.services.locateTemplate?.(mapping, mapping.value)?.at,
  })
}

const mostShown = 100
function shortJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
}

const duplicate = (name: string, isMadeOfConfig: boolean): Error =>
  failure(isMadeOfConfig ? 'MANIFEST_CONFIG_INVALID' : 'MANIFEST_INVALID', {
    message: `The dynamic streams have two with the name \`${name}\`.`,
    hint: isMadeOfConfig ? 'Correct the settings that they are made of.' : 'Let the manifest give each its own name.',
    failureType: isMadeOfConfig ? 'config_error' : 'system_error',
  })
