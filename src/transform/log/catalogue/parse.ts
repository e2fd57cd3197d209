import { defineEvent } from '../event.js'
import { errorTag, warningTag } from '../paint.js'

export interface Reference {
  readonly ref_model_name: string
  readonly ref_model_package: string
  readonly ref_model_version: string
  readonly ref_model_latest_version: string
  readonly ref_model_deprecation_date: string
  readonly model_name: string
}

export interface MissingTarget {
  readonly original_file_path: string
  readonly unique_id: string
  readonly resource_type_title: string
  readonly target_name: string
  readonly target_kind: string
  readonly target_package: string
}

const dependency = ({ target_package, ...data }: MissingTarget) =>
  `${data.resource_type_title} '${data.unique_id}' (${data.original_file_path}) depends on a ${data.target_kind} named '${data.target_name}'${target_package === '' ? '' : ` in package '${target_package}'`}`

/** A newer version of what a deprecated reference leads to, where there is one. */
const newerVersion = (data: Reference, what: string) =>
  data.ref_model_version === '' || data.ref_model_version === data.ref_model_latest_version
    ? ''
    : ` A new version of '${data.ref_model_name}' is available. ${what}: {{ ref('${data.ref_model_package}', '${data.ref_model_name}', v='${data.ref_model_latest_version}') }}.`

const versioned = (name: string, version: string) => (version === '' ? name : `${name}.v${version}`)

/** What is odd about a project, found while it is read. */
export const parseEvents = {
  StateCheckVarsHash: defineEvent<{ checksum: string; vars: string; profile: string; target: string; version: string }>(
    'I025',
    'debug',
    ({ checksum, vars, profile, target, version }) =>
      `checksum: ${checksum}, vars: ${vars}, profile: ${profile}, target: ${target}, version: ${version}`,
  ),
  UnableToPartialParse: defineEvent<{ reason: string }>(
    'I024',
    'info',
    ({ reason }) => `Unable to do partial parsing because ${reason}`,
  ),
  PartialParsingSkipParsing: defineEvent(
    'I017',
    'debug',
    () => 'Partial parsing enabled, no changes found, skipping parsing',
  ),
  PartialParsingNotEnabled: defineEvent('I028', 'debug', () => 'Partial parsing not enabled'),
  PartialParsingEnabled: defineEvent<{ deleted: number; added: number; changed: number }>(
    'I040',
    'debug',
    ({ deleted, added, changed }) =>
      `Partial parsing enabled: ${deleted} files deleted, ${added} files added, ${changed} files changed.`,
  ),
  ValidationWarning: defineEvent<{ resource_type: string; field_name: string; node_name: string }>(
    'I009',
    'warn',
    ({ resource_type, field_name, node_name }) =>
      warningTag(`Field ${field_name} is not valid for ${resource_type} (${node_name})`),
  ),
  InvalidDisabledTargetInTestNode: defineEvent<MissingTarget>('I050', 'debug', (data) =>
    warningTag(`${dependency(data)} which is disabled`),
  ),
  UnusedResourceConfigPath: defineEvent<{ unused_config_paths: string[] }>('I051', 'warn', ({ unused_config_paths }) =>
    warningTag(
      `Configuration paths exist in your dbt_project.yml file which do not apply to any resources.\nThere are ${unused_config_paths.length} unused configuration paths:\n${unused_config_paths.map((path) => `- ${path}`).join('\n')}`,
    ),
  ),
  SeedIncreased: defineEvent<{ package_name: string; name: string; limit?: string }>('I052', 'warn', (data) =>
    warningTag(`${largeSeed(data)} The former one was smaller, so it has changed.`),
  ),
  SeedExceedsLimitSamePath: defineEvent<{ package_name: string; name: string; limit?: string }>(
    'I053',
    'warn',
    (data) => warningTag(`${largeSeed(data)} Seeds of that size are not compared: it counts as unchanged.`),
  ),
  SeedExceedsLimitAndPathChanged: defineEvent<{ package_name: string; name: string; limit?: string }>(
    'I054',
    'warn',
    (data) => warningTag(`${largeSeed(data)} The former one lay elsewhere, so it counts as changed.`),
  ),
  UnusedTables: defineEvent<{ unused_tables: string[] }>('I056', 'warn', ({ unused_tables }) =>
    warningTag(
      `During parsing, dbt encountered source overrides that had no target:\n${unused_tables.map((table) => `  - ${table}`).join('\n')}`,
    ),
  ),
  WrongResourceSchemaFile: defineEvent<{
    patch_name: string
    resource_type: string
    plural_resource_type: string
    yaml_key: string
    file_path: string
  }>('I057', 'warn', ({ patch_name, resource_type, plural_resource_type, yaml_key, file_path }) =>
    warningTag(
      `'${patch_name}' is a ${resource_type} node, but it is specified in the ${yaml_key} section of ${file_path}. Put it under \`${plural_resource_type}\`.`,
    ),
  ),
  NoNodeForYamlKey: defineEvent<{ patch_name: string; yaml_key: string; file_path: string }>(
    'I058',
    'warn',
    ({ patch_name, yaml_key, file_path }) =>
      warningTag(
        `Did not find matching node for patch with name '${patch_name}' in the '${yaml_key}' section of file '${file_path}'`,
      ),
  ),
  MacroNotFoundForPatch: defineEvent<{ patch_name: string }>('I059', 'warn', ({ patch_name }) =>
    warningTag(`Found patch for macro "${patch_name}" which was not found`),
  ),
  NodeNotFoundOrDisabled: defineEvent<MissingTarget & { disabled: string }>('I060', 'warn', (data) => {
    const reason = { None: 'was not found or is disabled', True: 'is disabled' }[data.disabled] ?? 'was not found'
    return warningTag(`${dependency(data)} which ${reason}`)
  }),
  JinjaLogWarning: defineEvent<{ msg: string }>('I061', 'warn', ({ msg }) => warningTag(msg)),
  JinjaLogInfo: defineEvent<{ msg: string }>('I062', 'info', ({ msg }) => msg),
  JinjaLogDebug: defineEvent<{ msg: string }>('I063', 'debug', ({ msg }) => msg),
  UnpinnedRefNewVersionAvailable: defineEvent<{
    ref_node_name: string
    ref_node_package: string
    ref_node_version: string
    ref_max_version: string
    node_name?: string
  }>('I064', 'info', ({ ref_node_name, ref_node_package, ref_node_version, ref_max_version, node_name }) => {
    const pinned = (version: string) => `{{ ref('${ref_node_package}', '${ref_node_name}', v='${version}') }}`
    return [
      `While compiling '${node_name}':`,
      `Found an unpinned reference to versioned model '${ref_node_name}' in project '${ref_node_package}'.`,
      `Resolving to latest version: ${ref_node_name}.v${ref_node_version}`,
      `A prerelease version ${ref_max_version} is available. It has not yet been marked 'latest' by its maintainer.`,
      `When that happens, this reference will resolve to ${ref_node_name}.v${ref_max_version} instead.`,
      '',
      `  Try out v${ref_max_version}: ${pinned(ref_max_version)}`,
      `  Pin to  v${ref_node_version}: ${pinned(ref_node_version)}`,
      '',
    ].join('\n')
  }),
  DeprecatedModel: defineEvent<{ model_name: string; model_version: string; deprecation_date: string }>(
    'I065',
    'warn',
    ({ model_name, model_version, deprecation_date }) =>
      warningTag(
        `Model ${versioned(model_name, model_version)} has passed its deprecation date of ${deprecation_date}. This model should be disabled or removed.`,
      ),
  ),
  UpcomingReferenceDeprecation: defineEvent<Reference>('I066', 'warn', (data) =>
    warningTag(
      `While compiling '${data.model_name}': Found a reference to ${versioned(data.ref_model_name, data.ref_model_version)}, which is slated for deprecation on '${data.ref_model_deprecation_date}'.${newerVersion(data, 'Try it out')}`,
    ),
  ),
  DeprecatedReference: defineEvent<Reference>('I067', 'warn', (data) =>
    warningTag(
      `While compiling '${data.model_name}': Found a reference to ${versioned(data.ref_model_name, data.ref_model_version)}, which was deprecated on '${data.ref_model_deprecation_date}'.${newerVersion(data, 'Migrate now')}`,
    ),
  ),
  UnsupportedConstraintMaterialization: defineEvent<{ materialized: string }>('I068', 'warn', ({ materialized }) =>
    warningTag(
      `Constraint types are not supported for ${materialized} materializations and will be ignored.  Set 'warn_unsupported: false' on this constraint to ignore this warning.`,
    ),
  ),
  ParseInlineNodeError: defineEvent<{ exc: string }>('I069', 'error', ({ exc }, node) =>
    errorTag(`Error while parsing node: ${node?.node_name}\n${exc}`),
  ),
  SemanticValidationFailure: defineEvent<{ msg: string }>('I070', 'warn', ({ msg }) => warningTag(msg)),
  UnversionedBreakingChange: defineEvent<{
    breaking_changes: string[]
    model_name: string
    model_file_path: string
    contract_enforced_disabled: boolean
    columns_removed: string[]
    column_type_changes: string[]
    enforced_column_constraint_removed: string[]
    enforced_model_constraint_removed: string[]
    materialization_changed: string[]
  }>('I071', 'warn', ({ breaking_changes, model_name, model_file_path }) =>
    warningTag(
      `Breaking change to contracted, unversioned model ${model_name} (${model_file_path})\nWhile comparing to previous project state, dbt detected a breaking change to an unversioned model.\n${breaking_changes.map((change) => `  - ${change}`).join('\n')}\n`,
    ),
  ),
  WarnStateTargetEqual: defineEvent<{ state_path: string }>('I072', 'warn', ({ state_path }) =>
    warningTag(
      `The state and target directories are the same: '${state_path}'. A run overwrites what it is compared with, so changes may be missed.`,
    ),
  ),
  FreshnessConfigProblem: defineEvent<{ msg: string }>('I073', 'warn', ({ msg }) => warningTag(msg)),
  MicrobatchModelNoEventTimeInputs: defineEvent<{ model_name: string }>('I074', 'warn', ({ model_name }) =>
    warningTag(
      `The microbatch model '${model_name}' has no 'ref' or 'source' input with an 'event_time' configuration. \nNothing is filtered then, and batches may hold the same rows.`,
    ),
  ),
  InvalidConcurrentBatchesConfig: defineEvent<{ num_models: number; adapter_type: string }>(
    'I075',
    'warn',
    ({ num_models, adapter_type }) =>
      warningTag(
        `Found ${num_models} microbatch model${num_models === 1 ? '' : 's'} with the \`concurrent_batches\` config set to true, but the ${adapter_type} adapter does not support running batches concurrently. Batches will be run sequentially.`,
      ),
  ),
  InvalidMacroAnnotation: defineEvent<{ msg: string; macro_unique_id: string; macro_file_path: string }>(
    'I076',
    'warn',
    ({ msg }) => warningTag(msg),
  ),
  PackageNodeDependsOnRootProjectNode: defineEvent<{
    node_name: string
    package_name: string
    root_project_unique_id: string
  }>('I077', 'warn', ({ node_name, package_name, root_project_unique_id }) =>
    warningTag(
      `The node '${node_name}'in package '${package_name}' depends on the root project node '${root_project_unique_id}'. That may become a cycle; the behavior flag 'require_ref_searches_node_package_before_root' looks in the package first.`,
    ),
  ),
  SnapshotTimestampWarning: defineEvent<{ snapshot_time_data_type: string; updated_at_data_type: string }>(
    'Q043',
    'warn',
    ({ snapshot_time_data_type, updated_at_data_type }) =>
      warningTag(
        `Data type of snapshot table timestamp columns (${snapshot_time_data_type}) doesn't match derived column 'updated_at' (${updated_at_data_type}). Please update snapshot config 'updated_at'.`,
      ),
  ),
  NoNodesForSelectionCriteria: defineEvent<{ spec_raw: string }>('M030', 'warn', ({ spec_raw }) =>
    warningTag(`The selection criterion '${spec_raw}' does not match any enabled nodes`),
  ),
}

const largeSeed = ({ package_name, name, limit = '1MiB' }: { package_name: string; name: string; limit?: string }) =>
  `Found a seed (${package_name}.${name}) >${limit} in size.`
