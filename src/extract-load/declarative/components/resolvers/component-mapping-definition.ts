import { z } from 'zod'
import type { BuildScope } from '../../component.js'
import type { Mapping, TemplateValues } from '../../component-contract.js'
import { setPath } from '../../dpath/index.js'
import { deepCopy } from '../../values/deep-copy.js'
import { isTruthy } from '../../values/index.js'
import { replacePath } from './replace-path.js'
import { yamlValue } from './yaml-value.js'

/** What is put into a copy of a stream template, and where. */
export const componentMappingDefinitionSchema = z.looseObject({
  type: z.literal('ComponentMappingDefinition'),
  /** Numbers are places in lists: manifests for older CDKs have them. */
  field_path: z.array(z.union([z.string(), z.int()])),
  value: z.string(),
  value_type: z.enum(['string', 'number', 'integer', 'boolean']).optional(),
  create_or_update: z.boolean().optional(),
  condition: z.string().optional(),
  $parameters: z.record(z.string(), z.unknown()).optional(),
})

type Definition = z.infer<typeof componentMappingDefinitionSchema>

export interface MappingRules {
  /** Texts are read as YAML: `never`, unless a text is wanted, or `always`. */
  readonly readsYaml: 'never' | 'unless text' | 'always'
  /** Places that are not in the template are made where the definition says so. */
  readonly makesPlaces: boolean
}

/** @returns fills in a copy of the template */
export function compileMapping(
  definitions: readonly Definition[],
  scope: BuildScope,
  rules: MappingRules,
): (template: Mapping, values: TemplateValues) => Mapping {
  const fills = definitions.map((definition) => compileFill(definition, scope, rules))
  return (template, values) => {
    const copy = deepCopy(template) as Record<string, unknown>
    for (const fill of fills) fill(copy, { ...values, stream_template_config: template })
    return copy
  }
}

function compileFill(
  definition: Definition,
  scope: BuildScope,
  rules: MappingRules,
): (target: Record<string, unknown>, values: TemplateValues) => void {
  const interpolation = definition.$parameters
    ? scope.interpolation.withParameters(definition.$parameters)
    : scope.interpolation
  const holds = definition.condition ? scope.interpolation.boolean(definition.condition) : undefined
  const type = definition.value_type
  const value = interpolation.value(definition.value, type === undefined ? {} : { type })
  const path = definition.field_path.map((segment) => interpolation.value(segment))
  const isRead = rules.readsYaml === 'always' || (rules.readsYaml === 'unless text' && type !== 'string')
  return (target, values) => {
    if (holds && !holds(values)) return
    const found = value(values)
    const filled = isRead && typeof found === 'string' ? yamlValue(found) : found
    const place = path.map((segment) => segment(values) as string | number)
    const isReplaced = replacePath(target, place, filled)
    if (!isReplaced && rules.makesPlaces && definition.create_or_update && isTruthy(filled))
      setPath(target, place, filled)
  }
}
