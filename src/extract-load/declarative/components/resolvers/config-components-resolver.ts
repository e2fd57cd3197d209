import { z } from 'zod'
import { isMapping } from '../../../../base/index.js'
import { type BuildScope, defineComponent } from '../../component.js'
import type { Mapping } from '../../component-contract.js'
import { compileGet } from '../../dpath/index.js'
import { compileMapping, componentMappingDefinitionSchema } from './component-mapping-definition.js'
import { type StreamConfigDefinition, streamConfigSchema } from './stream-config.js'

/** A stream for each item of a list in the settings, or for each combination of several. */
export const configComponentsResolver = defineComponent({
  type: 'ConfigComponentsResolver',
  kind: 'components_resolver',
  schema: z.looseObject({
    type: z.literal('ConfigComponentsResolver'),
    stream_config: z.union([streamConfigSchema, z.array(streamConfigSchema)]),
    components_mapping: z.array(componentMappingDefinitionSchema),
  }),
  build: (definition, scope) => {
    const fill = compileMapping(definition.components_mapping, scope, { readsYaml: 'unless text', makesPlaces: true })
    const configs = [definition.stream_config].flat()
    return {
      isMadeOfConfig: true,
      async *resolve(template) {
        const lists = configs.map((each) => itemsOf(each, scope))
        for (const items of combinations(lists)) yield fill(template, { components_values: merged(items) })
      },
    }
  },
})

interface Item {
  readonly at: number
  readonly value: unknown
}

function itemsOf(definition: StreamConfigDefinition, scope: BuildScope): readonly Item[] {
  const interpolation = definition.$parameters
    ? scope.interpolation.withParameters(definition.$parameters)
    : scope.interpolation
  const path = definition.configs_pointer.map((segment) => interpolation.value(segment)() as string | number)
  const found = compileGet(path)(scope.config)
  const items = found === undefined ? [] : Array.isArray(found) ? found : [found]
  return [...items, ...(definition.default_values ?? [])].map((value, at) => ({ at, value }))
}

function* combinations(lists: readonly (readonly Item[])[]): Generator<readonly Item[]> {
  const [first, ...others] = lists
  if (!first) yield []
  else for (const item of first) for (const rest of combinations(others)) yield [item, ...rest]
}

/** What is no mapping gets a name, and its place in its list. */
function merged(items: readonly Item[]): Mapping {
  const values: Record<string, unknown> = {}
  for (const [list, { at, value }] of items.entries())
    if (isMapping(value)) Object.assign(values, value)
    else values[`source_config_${list}`] ??= [at, value]
  return values
}
