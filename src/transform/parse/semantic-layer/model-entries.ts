import type { ConfigValues } from '../configs/config-fields.js'
import type { ParseScope } from '../scope/parse-scope.js'
import type { Entry } from '../yaml/entry.js'
import { parseOwnMetric } from './metrics.js'
import { described, metaOf } from './resource.js'
import { addSemanticModel, validityOf } from './semantic-models.js'
import { type Dimension, dimensionTypes, entityTypes, granularities, type SemanticEntity } from './shapes.js'

/**
 * `semantic_model:` and `metrics:` of a model's own entry: its columns say which dimensions and entities they are. A model
 * that is not there, or has versions, makes none.
 */
export function parseModelEntry(scope: ParseScope, entry: Entry): void {
  const given = entry.values.semantic_model
  if (given === undefined || given === null || given === false) return
  const settings = given === true ? null : entry.entry('semantic_model')
  if (settings?.flag('enabled') === false) return
  const modelName = entry.required('name')
  const own = entry.property.package.name
  const node = scope.references.nodesNamed(modelName).find(({ unique_id }) => unique_id === `model.${own}.${modelName}`)
  if (!node) return
  const name = settings?.text('name') ?? modelName
  const derived = entry.entry('derived_semantics')
  const columns = entry.entries('columns')
  const aggTimeDimension = entry.text('agg_time_dimension')
  addSemanticModel(scope, entry, {
    name,
    config: configOf(settings),
    model: `ref('${modelName}')`,
    description: node.description,
    label: null,
    defaults: { agg_time_dimension: aggTimeDimension },
    primaryEntity: entry.text('primary_entity'),
    dimensions: [
      ...columns.flatMap((column) => dimensionOf(scope, column)),
      ...(derived?.entries('dimensions') ?? []).map((one) => derivedDimension(scope, one)),
    ],
    entities: [
      ...columns.flatMap((column) => entityOf(scope, column)),
      ...(derived?.entries('entities') ?? []).map((one) => derivedEntity(scope, one)),
    ],
    measures: [],
  })
  for (const metric of entry.entries('metrics')) parseOwnMetric(scope, metric, { name, aggTimeDimension })
}

function configOf(settings: Entry | null): ConfigValues {
  if (!settings) return {}
  return {
    enabled: settings.flag('enabled') ?? true,
    ...(settings.has('group') ? { group: settings.text('group') } : {}),
    ...(settings.has('config') ? { meta: settings.entry('config')?.mapping('meta') } : {}),
  }
}

/** `dimension: time`, or a mapping with more about it; the column says what is left out. */
function dimensionOf(scope: ParseScope, column: Entry): Dimension[] {
  if (!column.has('dimension')) return []
  const name = column.required('name')
  const more = typeof column.values.dimension === 'string' ? null : column.entry('dimension')
  const type = more ? more.oneOf('type', dimensionTypes) : column.oneOf('dimension', dimensionTypes)
  const ownName = more?.text('name') ?? name
  const granularity = column.choice('granularity', granularities)
  const reason = type === 'time' ? 'is a time dimension' : more?.has('validity_params') ? 'has validity_params' : null
  if (reason && !granularity)
    throw column.wrong(
      `Dimension ${ownName} ${reason} attached to column ${name}, so that column must specify a granularity.`,
    )
  return [
    {
      name: ownName,
      type,
      description: describedBy(scope, more, column),
      label: more?.text('label') ?? null,
      is_partition: more?.flag('is_partition') ?? false,
      type_params: more && granularity ? { time_granularity: granularity, validity_params: validityOf(more) } : null,
      expr: ownName === name ? null : name,
      metadata: null,
      config: { meta: { ...metaOf(column), ...metaOf(more) } },
      datatype: null,
    },
  ]
}

function entityOf(scope: ParseScope, column: Entry): SemanticEntity[] {
  if (!column.has('entity')) return []
  const name = column.required('name')
  const more = typeof column.values.entity === 'string' ? null : column.entry('entity')
  const type = more ? more.oneOf('type', entityTypes) : column.oneOf('entity', entityTypes)
  const ownName = more?.text('name') ?? name
  return [
    {
      name: ownName,
      type,
      description: describedBy(scope, more, column),
      label: more?.text('label') ?? null,
      role: null,
      expr: ownName === name ? null : name,
      config: { meta: metaOf(more?.entry('config')?.has('meta') ? more : column) },
    },
  ]
}

const describedBy = (scope: ParseScope, more: Entry | null, column: Entry): string =>
  described(scope, column, (more?.text('description') || column.text('description')) ?? '') as string

function derivedDimension(scope: ParseScope, entry: Entry): Dimension {
  const name = entry.required('name')
  const granularity = entry.choice('granularity', granularities)
  if (entry.has('validity_params') && !granularity)
    throw entry.wrong(`Derived dimension ${name} has validity_params, so it must specify a granularity.`)
  return {
    name,
    type: entry.oneOf('type', dimensionTypes),
    description: described(scope, entry, entry.text('description')),
    label: entry.text('label'),
    is_partition: entry.flag('is_partition') ?? false,
    type_params: granularity ? { time_granularity: granularity, validity_params: validityOf(entry) } : null,
    expr: entry.required('expr'),
    metadata: null,
    config: { meta: metaOf(entry) },
    datatype: null,
  }
}

function derivedEntity(scope: ParseScope, entry: Entry): SemanticEntity {
  return {
    name: entry.required('name'),
    type: entry.oneOf('type', entityTypes),
    description: described(scope, entry, entry.text('description')),
    label: entry.text('label'),
    role: null,
    expr: entry.required('expr'),
    config: { meta: metaOf(entry) },
  }
}
