import { refFunction } from '../../context/ref-function.js'
import type { ManifestNode } from '../../contract.js'
import type { ConfigValues } from '../configs/config-fields.js'
import { parseContext } from '../scope/parse-context.js'
import type { ParseScope } from '../scope/parse-scope.js'
import type { Entry } from '../yaml/entry.js'
import { nonAdditiveDimension } from './metric-params.js'
import { metricOfMeasure } from './metrics.js'
import { described, keepSemantic, metaOf, semanticResource } from './resource.js'
import {
  aggregations,
  type Dimension,
  dimensionTypes,
  entityTypes,
  granularities,
  type Measure,
  type SemanticEntity,
  type SemanticModel,
} from './shapes.js'

/** What a semantic model is made of, wherever its entry says it. */
export interface SemanticModelParts {
  readonly name: string
  readonly config: ConfigValues
  readonly model: string
  readonly description: string | null
  readonly label: string | null
  readonly defaults: SemanticModel['defaults']
  readonly primaryEntity: string | null
  readonly entities: readonly SemanticEntity[]
  readonly dimensions: readonly Dimension[]
  readonly measures: readonly Measure[]
}

/** An entry of `semantic_models:`. */
export function parseSemanticModel(scope: ParseScope, entry: Entry): void {
  const measures = entry.entries('measures')
  const made = addSemanticModel(scope, entry, {
    name: entry.required('name'),
    config: { ...entry.mapping('config') },
    model: entry.required('model'),
    description: described(scope, entry, entry.text('description')),
    label: entry.text('label'),
    defaults: defaultsOf(entry),
    primaryEntity: entry.text('primary_entity'),
    entities: entry.entries('entities').map((one) => entityOf(scope, one)),
    dimensions: entry.entries('dimensions').map((one) => dimensionOf(scope, one)),
    measures: measures.map((one) => measureOf(scope, one)),
  })
  const { enabled, meta } = made.config as ConfigValues
  for (const [i, measure] of made.measures.entries())
    if (measures[i]?.flag('create_metric')) metricOfMeasure(scope, measures[i], measure, { enabled, meta })
}

/** Puts a semantic model into the manifest, with the table that its model stands for. */
export function addSemanticModel(scope: ParseScope, entry: Entry, parts: SemanticModelParts): SemanticModel {
  const { name, config, model } = parts
  const base = semanticResource(scope, entry, 'semantic_model', name, config)
  const refs = refsIn(scope, entry, model)
  // Every part has the meta of the whole, and its own over it.
  const withMeta = <T extends { readonly config: { readonly meta: object } }>(part: T): T => ({
    ...part,
    config: { meta: { ...base.config.meta, ...part.config.meta } },
  })
  const made: SemanticModel = {
    ...base,
    refs,
    model,
    node_relation: null,
    description: parts.description,
    label: parts.label,
    defaults: parts.defaults,
    primary_entity: parts.primaryEntity,
    entities: parts.entities.map(withMeta),
    measures: parts.measures.map(withMeta),
    dimensions: parts.dimensions.map(withMeta),
  }
  const linked = base.config.enabled === false ? made : { ...made, ...linkOf(scope, entry, made, refs) }
  keepSemantic(scope, entry, linked)
  return linked
}

function linkOf(scope: ParseScope, entry: Entry, made: SemanticModel, refs: ManifestNode['refs']) {
  const [reference] = refs
  if (!reference) throw entry.wrong(`'${made.model}' names no model. Write \`model: ref('my_model')\`.`, ['model'])
  const asker = `Semantic_Model '${made.unique_id}' (${made.original_file_path})`
  const node = scope.references.node(reference, made.package_name, { asker, placeOf: () => entry.at(['model']) })
  return {
    depends_on: { macros: [], nodes: [node.unique_id] },
    node_relation: {
      alias: node.alias,
      schema_name: node.schema,
      database: node.database,
      relation_name: node.relation_name,
    },
  }
}

function refsIn(scope: ParseScope, { property: { package: own, file } }: Entry, model: string): ManifestNode['refs'] {
  const refs: ManifestNode['refs'] = []
  const { context } = parseContext(scope, own)
  context.set(
    'ref',
    refFunction((name, packageName, version) => {
      refs.push({ name, package: packageName, version })
      return ''
    }),
  )
  const source = model.includes('{{') ? model : `{{ ${model} }}`
  scope.environment.compile({ name: file, source }).renderSync(context)
  return refs
}

const elementOf = (scope: ParseScope, entry: Entry) => ({
  name: entry.required('name'),
  description: described(scope, entry, entry.text('description')),
  label: entry.text('label'),
  expr: entry.text('expr'),
  config: { meta: metaOf(entry) },
})

function entityOf(scope: ParseScope, entry: Entry): SemanticEntity {
  return { ...elementOf(scope, entry), type: entry.oneOf('type', entityTypes), role: entry.text('role') }
}

function dimensionOf(scope: ParseScope, entry: Entry): Dimension {
  const params = entry.entry('type_params')
  return {
    ...elementOf(scope, entry),
    type: entry.oneOf('type', dimensionTypes),
    is_partition: entry.flag('is_partition') ?? false,
    type_params: params
      ? { time_granularity: params.oneOf('time_granularity', granularities), validity_params: validityOf(params) }
      : null,
    metadata: null,
    datatype: null,
  }
}

/** Whether a time dimension is the start or the end of the time in which a row holds. */
export function validityOf(entry: Entry) {
  const params = entry.entry('validity_params')
  return params ? { is_start: params.flag('is_start') ?? false, is_end: params.flag('is_end') ?? false } : null
}

function measureOf(scope: ParseScope, entry: Entry): Measure {
  const params = entry.entry('agg_params')
  return {
    ...elementOf(scope, entry),
    agg: entry.oneOf('agg', aggregations),
    // The metric that it makes stands among the metrics.
    create_metric: false,
    agg_params: params
      ? {
          percentile: params.number('percentile'),
          use_discrete_percentile: params.flag('use_discrete_percentile') ?? false,
          use_approximate_percentile: params.flag('use_approximate_percentile') ?? false,
        }
      : null,
    non_additive_dimension: nonAdditiveDimension(entry.entry('non_additive_dimension')),
    agg_time_dimension: entry.text('agg_time_dimension'),
  }
}

function defaultsOf(entry: Entry): SemanticModel['defaults'] {
  const defaults = entry.entry('defaults')
  return defaults ? { agg_time_dimension: defaults.text('agg_time_dimension') } : null
}
