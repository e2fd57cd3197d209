import { repr } from '../../../../jinja/index.js'
import type { Granularity, SemanticModel } from '../shapes.js'
import type { TimeSpine } from '../time-spines.js'
import { coarseness, error, type Issue, namesOf, type Rule, warning } from './rule.js'

/** A semantic model by itself: its entities, its default time, the time in which its rows hold. */
export const semanticModelRule: Rule = ({ semanticModels }) =>
  semanticModels.flatMap((model) => [
    ...validityIssues(model),
    ...naturalEntityIssues(model),
    ...primaryEntityIssues(model),
    ...defaultTimeIssues(model),
    ...granularityIssues(model),
  ])

function validityIssues(model: SemanticModel): Issue[] {
  const dimensions = model.dimensions.filter(({ type_params }) => type_params?.validity_params)
  if (dimensions.length === 0) return []
  const starts = dimensions.filter(({ type_params }) => type_params?.validity_params?.is_start)
  const ends = dimensions.filter(({ type_params }) => type_params?.validity_params?.is_end)
  const names = namesOf(dimensions)
  const requirements =
    'Semantic models using dimension validity params to define a validity window must have exactly two time dimensions with validity params specified - one marked `is_start` and the other marked `is_end`.'
  const issues: Issue[] = []
  const add = (message: string) => issues.push(error(model, message))
  if (dimensions.length === 1 && starts.length === 1 && ends.length === 1)
    add(
      `Semantic model ${model.name} has a single validity param dimension that defines its window: \`${names[0]}\`. This is not a currently supported configuration! ${requirements} If you have one column defining a window, as in a daily snapshot table, you can define a separate dimension and increment the time value in the \`expr\` field as a work-around.`,
    )
  else if (dimensions.length !== 2)
    add(
      `Semantic model ${model.name} has ${dimensions.length} dimensions defined with validity params. They are: ${repr(names)}. There must be either zero or two! If you wish to define a validity window for this semantic model, please follow these requirements: ${requirements}`,
    )
  else if (starts.length !== 1 || ends.length !== 1)
    add(
      `Semantic model ${model.name} has two validity param dimensions defined, but does not have exactly one each marked with is_start and is_end! Dimensions: ${repr(names)}. is_start dimensions: ${repr(namesOf(starts))}. is_end dimensions: ${repr(namesOf(ends))}. ${requirements}`,
    )
  const keys = model.entities.filter(({ type }) => type === 'primary' || type === 'unique')
  if (!model.entities.some(({ type }) => type === 'natural'))
    add(
      `Semantic model ${model.name} has validity param dimensions defined, but does not have an entity with type \`natural\` set. The natural key for this semantic model is what we use to process a validity window join. Primary or unique entities, if any, might be suitable for use as natural keys: (${repr(namesOf(keys))}).`,
    )
  if (keys.length > 0)
    add(
      `Semantic model ${model.name} has validity param dimensions defined and also has one or more entities designated as \`primary\` or \`unique\`. This is not yet supported, as we do not currently process joins against these key types for semantic models with validity windows specified.`,
    )
  if (model.measures.length > 0)
    add(
      `Semantic model ${model.name} has both measures and validity param dimensions defined. This is not currently supported! Please remove either the measures or the validity params. Measure names: ${repr(namesOf(model.measures))}. Validity param dimension names: ${repr(names)}.`,
    )
  return issues
}

function naturalEntityIssues(model: SemanticModel): Issue[] {
  const names = new Set(namesOf(model.entities.filter(({ type }) => type === 'natural')))
  const shown = `{${[...names].map((name) => `'${name}'`).join(', ')}}`
  const issues: Issue[] = []
  if (names.size > 1)
    issues.push(
      error(
        model,
        `Semantic models can have at most one natural entity, but semantic model \`${model.name}\` has ${names.size} distinct natural entities set! ${shown}.`,
      ),
    )
  if (names.size > 0 && !model.dimensions.some(({ type_params }) => type_params?.validity_params))
    issues.push(
      error(
        model,
        `The use of \`natural\` entities is currently supported only in conjunction with a validity window defined in the set of time dimensions associated with the semantic model. Semantic model \`${model.name}\` uses a natural entity (${shown}) but does not define a validity window!`,
      ),
    )
  return issues
}

function primaryEntityIssues(model: SemanticModel): Issue[] {
  const names = namesOf(model.entities.filter(({ type }) => type === 'primary'))
  if (names.length > 1)
    return [
      error(
        model,
        `Semantic models can have only one primary entity. The semantic model \`${model.name}\` has ${names.length}: ${names.join(', ')}`,
      ),
    ]
  if (names.length === 1 && model.primary_entity !== null)
    return [
      error(
        model,
        `The semantic model \`${model.name}\` has an entity named \`${names[0]}\` with type primary but it also has the \`primary_entity\` field set to \`${model.primary_entity}\`. Both should not be present in the model.`,
      ),
    ]
  if (names.length === 0 && model.primary_entity === null && model.dimensions.length > 0)
    return [
      error(
        model,
        `The semantic model ${model.name} contains dimensions, but it does not define a primary entity. Either add an entity with type PRIMARY or set a value for the primary_entity key.`,
      ),
    ]
  return []
}

function defaultTimeIssues(model: SemanticModel): Issue[] {
  const time = model.defaults?.agg_time_dimension ?? null
  if (time === null || model.dimensions.some(({ type, name }) => type === 'time' && name === time)) return []
  return [
    error(
      model,
      `Default aggregation time dimension was specified as '${time}' which doesn't exist as a time dimension in semantic model named '${model.name}'.`,
    ),
  ]
}

const granularityIssues = (model: SemanticModel): Issue[] =>
  model.dimensions.flatMap(({ name, type, type_params }): Issue[] =>
    type === 'time' && !type_params
      ? [
          {
            severity: 'deprecation',
            message: `In semantic model \`${model.name}\`, time dimension \`${name}\` must have a time granularity set.`,
            about: model,
          },
        ]
      : [],
  )

/** Dimensions of one name are of one kind, and each stands once below an entity. */
export const dimensionsRule: Rule = ({ semanticModels }) => {
  const first = new Map<string, SemanticModel['dimensions'][number]>()
  const pairs = new Map<string, string>()
  return semanticModels.flatMap((model) => {
    const primary = model.primary_entity ?? model.entities.find(({ type }) => type === 'primary')?.name
    return model.dimensions.flatMap((dimension): Issue[] => {
      const { name, type, is_partition } = dimension
      const issues: Issue[] = []
      const other = first.get(name)
      if (!other) first.set(name, dimension)
      else {
        if (other.type !== type)
          issues.push(
            error(
              model,
              `In semantic model \`${model.name}\`, type conflict for dimension \`${name}\` - already in model as type \`${other.type}\` but got \`${type}\``,
            ),
          )
        if (other.is_partition !== is_partition)
          issues.push(
            error(
              model,
              `In semantic model \`${model.name}\`, conflicting is_partition attribute for dimension \`${name}\` - already in model with is_partition as \`${repr(other.is_partition)}\` but got \`${repr(is_partition)}\``,
            ),
          )
      }
      if (primary === undefined) return issues
      const pair = `${primary}__${name}`
      const owner = pairs.get(pair)
      if (owner === undefined) pairs.set(pair, model.name)
      // Within one semantic model a repeated name is told by the rule of names.
      else if (owner !== model.name)
        issues.push(
          error(
            model,
            `Duplicate dimension + primary entity pairing detected, dimension + primary entity pairings must be unique. Semantic model \`${model.name}\` has a primary entity of \`${primary}\` and dimension \`${name}\`, but this pairing is already in use on semantic model \`${owner}\`.`,
          ),
        )
      return issues
    })
  })
}

/** There is one time spine per unit of time, and one that is as fine as the finest dimension. */
export const timeSpinesRule: Rule = ({ semanticModels, timeSpines }) => {
  if (timeSpines.length === 0) return []
  const issues: Issue[] = []
  const byUnit = new Map<Granularity, TimeSpine[]>()
  for (const spine of timeSpines) byUnit.set(spine.granularity, [...(byUnit.get(spine.granularity) ?? []), spine])
  const repeated = [...byUnit].filter(([, spines]) => spines.length > 1)
  if (repeated.length > 0) {
    const shown = repeated.map(
      ([unit, spines]) => `'${unit.toUpperCase()}': ${repr(spines.map(({ node }) => node.relation_name))}`,
    )
    issues.push(
      warning(undefined, `Only one time spine is supported per granularity. Got duplicates: {${shown.join(', ')}}`),
    )
  }
  const units = semanticModels
    .flatMap(({ dimensions }) => dimensions.flatMap(({ type_params }) => type_params?.time_granularity ?? []))
    .sort((a, b) => coarseness(a) - coarseness(b))
  const [finest] = units
  const [finestSpine = 'day'] = [...byUnit.keys()].sort((a, b) => coarseness(a) - coarseness(b))
  if (finest === undefined)
    issues.push(
      warning(
        undefined,
        'No time dimensions configured. To avoid unexpected query errors, configuring a time spine at or below the smallest time dimension granularity is recommended.',
      ),
    )
  else if (coarseness(finest) < coarseness(finestSpine))
    issues.push(
      warning(
        undefined,
        `To avoid unexpected query errors, configuring a time spine at or below the smallest time dimension granularity is recommended. Smallest time dimension granularity: ${finest.toUpperCase()}; Smallest time spine granularity: ${finestSpine.toUpperCase()}`,
      ),
    )
  return issues
}
