import { formatLocation, type SourceLocation } from '../../../base/index.js'
import type { ManifestResource } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { NamedEvent } from '../../log/event-sink.js'
import type { ParseScope } from '../scope/parse-scope.js'
import { semanticSections } from './resource.js'
import { type Issue, type SemanticLayer, semanticIssues } from './rules/index.js'
import type { Metric, SavedQuery, SemanticModel } from './shapes.js'
import { isFineEnough, legacyTimeSpineName, type TimeSpine, timeSpines } from './time-spines.js'

/** Holds the semantic layer against the rules of those who query it, once everything is linked. */
export function checkSemanticLayer(scope: ParseScope): void {
  const { manifest, diagnostics } = scope
  const semanticModels = Object.values(manifest.semantic_models) as SemanticModel[]
  if (semanticModels.length === 0 || diagnostics.hasErrors) return
  const spines = timeSpines(Object.values(manifest.nodes))
  diagnostics.attempt(() => checkTimeSpines(scope, semanticModels, spines))
  const metrics = Object.values(manifest.metrics) as Metric[]
  if (metrics.length === 0 || diagnostics.hasErrors) return
  const savedQueries = Object.values(manifest.saved_queries) as SavedQuery[]
  const layer = { semanticModels, metrics, savedQueries, timeSpines: spines }
  tell(scope, [...semanticIssues(layer), ...oldForms(scope, layer)])
}

/** Metrics over time are joined to a table of days. */
function checkTimeSpines(scope: ParseScope, semanticModels: readonly SemanticModel[], spines: readonly TimeSpine[]) {
  const { references, tracker } = scope
  let isThere = spines.some(({ granularity }) => isFineEnough(granularity))
  for (const model of semanticModels)
    tracker.again(ownerOf(scope, model), model.original_file_path, () => {
      isThere = references.nodesNamed(legacyTimeSpineName).length > 0 || isThere
      for (const { node } of spines) references.nodesNamed(node.name)
    })
  if (!isThere)
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message:
        'The semantic layer requires a time spine model with granularity DAY or smaller in the project, but none was found.',
      at: semanticModels[0] && placeOf(scope, semanticModels[0]),
      hint: 'Make a model with one row per day, and give its entry `time_spine: { standard_granularity_column: date_day }` and that column `granularity: day`.',
    })
}

function tell(scope: ParseScope, issues: readonly Issue[]): void {
  const { diagnostics, invocation } = scope
  const errors = issues.filter(({ severity }) => severity === 'error')
  for (const issue of issues) {
    const { severity, message: msg, about } = issue
    if (severity === 'error') {
      // The error that follows shows them all.
      invocation.events?.fire('SemanticValidationFailure', { msg }, { level: 'debug' })
      continue
    }
    const event: NamedEvent =
      severity === 'warning'
        ? { name: 'SemanticValidationFailure', data: { msg } }
        : msg.includes('must have a time granularity set')
          ? { name: 'TimeDimensionsRequireGranularityDeprecation', data: { msg } }
          : { name: 'GenericSemanticLayerDeprecation', data: { msg } }
    warn(scope, msg, event, about)
  }
  if (errors.length === 0) return
  const lines = errors.map(({ message, about }) => {
    const at = about && placeOf(scope, about)
    return `- ${message}${at ? ` (${formatLocation(at)})` : ''}`
  })
  diagnostics.error(
    transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: ['Semantic Manifest validation failed.', ...lines].join('\n'),
      at: errors[0]?.about && placeOf(scope, errors[0].about),
    }),
  )
}

/** Ways of writing that are given up: they are warned of, and errors where a flag says so. */
function oldForms(scope: ParseScope, { metrics, semanticModels, timeSpines: spines }: SemanticLayer): Issue[] {
  const { flags } = scope.invocation
  const issues: Issue[] = []
  const old = metrics.filter(({ type_params: { window, grain_to_date } }) => window ?? grain_to_date)
  if (old.length > 0) {
    const names = old.map(({ name }) => name).join(', ')
    const message = `Cumulative fields \`type_params.window\` and \`type_params.grain_to_date\` should be nested under \`type_params.cumulative_type_params.window\` and \`type_params.cumulative_type_params.grain_to_date\`. Invalid metrics: ${names}.`
    if (flags.require_nested_cumulative_type_params === false)
      warn(scope, message, { name: 'MFCumulativeTypeParamsDeprecation', data: {} }, old[0])
    else issues.push({ severity: 'error', message, about: old[0] })
  }
  const [legacy] = scope.references.nodesNamed(legacyTimeSpineName)
  const isOld = legacy && !legacy.time_spine && !spines.some(({ granularity }) => granularity === 'day')
  if (isOld && flags.require_yaml_configuration_for_mf_time_spines !== true)
    warn(
      scope,
      `The time spine '${legacyTimeSpineName}' has no \`time_spine\` in its entry.`,
      { name: 'MFTimespineWithoutYamlConfigurationDeprecation', data: {} },
      semanticModels[0],
    )
  return issues
}

/** A warning about something belongs to its file, so that it is told again while that is as it is. */
function warn(scope: ParseScope, message: string, event: NamedEvent, about: ManifestResource | undefined): void {
  const { tracker, diagnostics } = scope
  const at = about && placeOf(scope, about)
  const say = () => diagnostics.warn({ code: 'TRANSFORM_YAML_INVALID', message, event, at })
  if (about) tracker.again(ownerOf(scope, about), about.original_file_path, say)
  else tracker.withinProject(say)
}

const ownerOf = ({ packages, root }: ParseScope, { package_name }: ManifestResource) =>
  packages.find(({ name }) => name === package_name) ?? root

/** Where a thing's entry stands; of what stands in the entry of something else, the file. */
export function placeOf({ properties }: ParseScope, about: ManifestResource): SourceLocation {
  const kind = semanticSections[about.resource_type as keyof typeof semanticSections]
  const isIt = (one: { readonly name: string; readonly file: string }) =>
    one.name === about.name && one.file === about.original_file_path
  return (kind && properties.ofKind(kind).find(isIt)?.at) ?? { file: about.original_file_path }
}
