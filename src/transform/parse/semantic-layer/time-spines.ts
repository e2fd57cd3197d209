import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { mappings } from '../../project/yaml-file.js'
import type { Property } from '../yaml/properties.js'
import { type Granularity, granularities } from './shapes.js'

/** A model with one row per day, or whatever unit, that metrics are joined to. */
export interface TimeSpine {
  readonly node: ManifestNode
  readonly column: string
  readonly granularity: Granularity
  readonly customGranularities: readonly { readonly name: string; readonly column_name: string | null }[]
}

/** A model of this name was the time spine before a model's entry could say so. It has one row per day. */
export const legacyTimeSpineName = 'metricflow_time_spine'

/** What `time_spine:` of a model's entry says, as the manifest shows it. @throws TRANSFORM_YAML_INVALID */
export function timeSpineOf(
  property: Property,
  values: Readonly<Record<string, unknown>>,
  columns: readonly Readonly<Record<string, unknown>>[],
) {
  const standard = values.standard_granularity_column ?? null
  const custom = mappings(values.custom_granularities).map((one) => ({
    name: one.name,
    column_name: one.column_name ?? null,
  }))
  const names = columns.map(({ name }) => String(name))
  const column = columns.find(({ name }) => name === standard)
  const { latest_version: latest } = property.values
  const missing = custom
    .map(({ name, column_name }) => String(column_name ?? name))
    .filter((one) => !names.includes(one))
  const shown = (all: readonly string[]) => `[${all.map((name) => `'${name}'`).join(', ')}]`
  const wrong = !column
    ? `Time spine standard granularity column must be defined on the model. Got invalid column name '${String(standard)}' for model '${property.name}'. Valid names${latest ? ' for latest version' : ''}: ${shown(names)}.`
    : !column.granularity
      ? `Time spine standard granularity column must have a granularity defined. Please add one for column '${String(standard)}' in model '${property.name}'.`
      : missing.length > 0
        ? `Time spine custom granularity columns do not exist in the model. Columns not found: ${shown(missing)}; Available columns: ${shown(names)}`
        : undefined
  if (wrong !== undefined)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', { message: wrong, at: property.locate(['time_spine']) })
  return { standard_granularity_column: standard, custom_granularities: custom }
}

/** The time spines among the models. */
export function timeSpines(nodes: Iterable<ManifestNode>): TimeSpine[] {
  const spines: TimeSpine[] = []
  for (const node of nodes) {
    if (!node.time_spine) continue
    const { standard_granularity_column: column, custom_granularities } = node.time_spine as ReturnType<
      typeof timeSpineOf
    >
    const granularity = granularities.find((one) => one === node.columns[String(column)]?.granularity)
    if (granularity)
      spines.push({
        node,
        column: String(column),
        granularity,
        customGranularities: custom_granularities as TimeSpine['customGranularities'],
      })
  }
  return spines
}

export const isFineEnough = (granularity: Granularity): boolean =>
  granularities.indexOf(granularity) <= granularities.indexOf('day')
