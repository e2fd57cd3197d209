import { plural } from '../../../base/index.js'
import { defineEvent } from '../event.js'
import { deprecationTag } from '../paint.js'

export interface InFile {
  readonly key: string
  readonly file: string
  readonly key_path: string
}

const deprecation = <Data>(name: string, code: string, sentence: (data: Data) => string) =>
  defineEvent<Data>(code, 'warn', (data) => deprecationTag(`Deprecated functionality\n\n${sentence(data)}`, name))

/** Ways of writing a project that dbt gives up. Each kind is shown once, all are counted. */
export const deprecationEvents = {
  PackageRedirectDeprecation: deprecation<{ old_name: string; new_name: string }>(
    'PackageRedirectDeprecation',
    'D001',
    ({ old_name, new_name }) =>
      `The \`${old_name}\` package is deprecated in favor of \`${new_name}\`. Name that one in packages.yml.`,
  ),
  PackageInstallPathDeprecation: deprecation(
    'PackageInstallPathDeprecation',
    'D002',
    () =>
      'The default package install path has changed from `dbt_modules` to `dbt_packages`. Change `clean-targets` in dbt_project.yml, or set `packages-install-path: dbt_modules`.',
  ),
  ConfigSourcePathDeprecation: deprecation<{ deprecated_path: string; exp_path: string }>(
    'ConfigSourcePathDeprecation',
    'D003',
    ({ deprecated_path, exp_path }) =>
      `The \`${deprecated_path}\` config has been renamed to \`${exp_path}\`. Rename it in dbt_project.yml.`,
  ),
  ConfigDataPathDeprecation: deprecation<{ deprecated_path: string; exp_path: string }>(
    'ConfigDataPathDeprecation',
    'D004',
    ({ deprecated_path, exp_path }) =>
      `The \`${deprecated_path}\` config has been renamed to \`${exp_path}\`. Rename it in dbt_project.yml.`,
  ),
  ExposureNameDeprecation: deprecation<{ exposure: string }>(
    'ExposureNameDeprecation',
    'D007',
    ({ exposure }) =>
      `Starting in v1.3, the 'name' of an exposure should contain only letters, numbers, and underscores. ${exposure} does not follow this pattern. Put a title with other characters into 'label'.`,
  ),
  EnvironmentVariableRenamed: deprecation<{ old_name: string; new_name: string }>(
    'EnvironmentVariableRenamed',
    'D009',
    ({ old_name, new_name }) =>
      `The environment variable \`${old_name}\` has been renamed as \`${new_name}\`. While \`${old_name}\` is set, it is used instead of \`${new_name}\`.`,
  ),
  ConfigLogPathDeprecation: deprecation<{ deprecated_path: string }>(
    'ConfigLogPathDeprecation',
    'D010',
    ({ deprecated_path }) =>
      `The \`${deprecated_path}\` config in \`dbt_project.yml\` has been deprecated. Use --log-path or DBT_LOG_PATH.`,
  ),
  ConfigTargetPathDeprecation: deprecation<{ deprecated_path: string }>(
    'ConfigTargetPathDeprecation',
    'D011',
    ({ deprecated_path }) =>
      `The \`${deprecated_path}\` config in \`dbt_project.yml\` has been deprecated. Use --target-path or DBT_TARGET_PATH.`,
  ),
  CollectFreshnessReturnSignature: deprecation(
    'CollectFreshnessReturnSignature',
    'D012',
    () => "The macro 'collect_freshness' answers the whole result of its query, no longer only a table of values.",
  ),
  ProjectFlagsMovedDeprecation: deprecation(
    'ProjectFlagsMovedDeprecation',
    'D013',
    () => "User config should be moved from the 'config' key in profiles.yml to the 'flags' key in dbt_project.yml.",
  ),
  SpacesInResourceNameDeprecation: deprecation<{ unique_id: string; level: string }>(
    'SpacesInResourceNameDeprecation',
    'D014',
    ({ unique_id }) => `Found spaces in the name of \`${unique_id}\``,
  ),
  ResourceNamesWithSpacesDeprecation: deprecation<{
    count_invalid_names: number
    show_debug_hint: boolean
    level: string
  }>(
    'ResourceNamesWithSpacesDeprecation',
    'D015',
    ({ count_invalid_names, show_debug_hint }) =>
      `Spaces found in ${count_invalid_names} resource name(s).${show_debug_hint ? ' Run again with `--debug` to see them all.' : ''}`,
  ),
  PackageMaterializationOverrideDeprecation: deprecation<{ package_name: string; materialization_name: string }>(
    'PackageMaterializationOverrideDeprecation',
    'D016',
    ({ package_name, materialization_name }) =>
      `Installed package '${package_name}' is overriding the built-in materialization '${materialization_name}'.`,
  ),
  SourceFreshnessProjectHooksNotRun: deprecation(
    'SourceFreshnessProjectHooksNotRun',
    'D017',
    () =>
      'In a future version of dbt, the `source freshness` command will start running `on-run-start` and `on-run-end` hooks by default; the flag source_freshness_run_project_hooks turns it on.',
  ),
  MFTimespineWithoutYamlConfigurationDeprecation: deprecation(
    'MFTimespineWithoutYamlConfigurationDeprecation',
    'D018',
    () =>
      "Time spines without YAML configuration are in the process of deprecation. Describe your 'metricflow_time_spine' model in YAML.",
  ),
  MFCumulativeTypeParamsDeprecation: deprecation(
    'MFCumulativeTypeParamsDeprecation',
    'D019',
    () =>
      'Cumulative fields `type_params.window` and `type_params.grain_to_date` have been moved: nest them under `type_params.cumulative_type_params`.',
  ),
  MicrobatchMacroOutsideOfBatchesDeprecation: deprecation(
    'MicrobatchMacroOutsideOfBatchesDeprecation',
    'D020',
    () =>
      'The use of a custom microbatch macro outside of batched execution is deprecated. Set `flags.require_batched_execution_for_custom_microbatch_strategy` to `True` in dbt_project.yml to run it batch by batch.',
  ),
  GenericJSONSchemaValidationDeprecation: deprecation<{ violation: string; file: string; key_path: string }>(
    'GenericJSONSchemaValidationDeprecation',
    'D022',
    ({ violation, file, key_path }) =>
      `${violation}${key_path === '' ? ' at top level' : ''} in file \`${file}\`${key_path === '' ? '' : ` at path \`${key_path}\``} is possibly a deprecation.`,
  ),
  UnexpectedJinjaBlockDeprecation: deprecation<{ msg: string; file: string }>(
    'UnexpectedJinjaBlockDeprecation',
    'D023',
    ({ msg, file }) => `${msg} in file \`${file}\``,
  ),
  DuplicateYAMLKeysDeprecation: deprecation<{ duplicate_description: string; file: string }>(
    'DuplicateYAMLKeysDeprecation',
    'D024',
    ({ duplicate_description, file }) => `${duplicate_description} in file \`${file}\``,
  ),
  CustomTopLevelKeyDeprecation: deprecation<{ msg: string; file: string }>(
    'CustomTopLevelKeyDeprecation',
    'D025',
    ({ msg, file }) => `${msg} in file \`${file}\``,
  ),
  CustomKeyInConfigDeprecation: deprecation<InFile>(
    'CustomKeyInConfigDeprecation',
    'D026',
    ({ key, file, key_path }) =>
      `Custom key \`${key}\` found in \`config\`${key_path === '' ? '' : ` at path \`${key_path}\``} in file \`${file}\`. Custom config keys should move into the \`config.meta\`.`,
  ),
  CustomKeyInObjectDeprecation: deprecation<InFile>(
    'CustomKeyInObjectDeprecation',
    'D027',
    ({ key, file, key_path }) =>
      `Custom key \`${key}\` found at \`${key_path}\` in file \`${file}\`. It is misspelt, or there is no such key.`,
  ),
  CustomOutputPathInSourceFreshnessDeprecation: deprecation<{ path: string }>(
    'CustomOutputPathInSourceFreshnessDeprecation',
    'D029',
    ({ path }) => `Custom output path usage \`--output ${path}\` detected in the \`dbt source freshness\` command.`,
  ),
  PropertyMovedToConfigDeprecation: deprecation<InFile>(
    'PropertyMovedToConfigDeprecation',
    'D030',
    ({ key, file, key_path }) =>
      `Found \`${key}\` as a top-level property of \`${key_path}\` in file \`${file}\`. The \`${key}\` top-level property should be moved into the \`config\` of \`${key_path}\`.`,
  ),
  WEOIncludeExcludeDeprecation: deprecation<{ found_include: boolean; found_exclude: boolean }>(
    'WEOIncludeExcludeDeprecation',
    'D031',
    ({ found_include, found_exclude }) => {
      const found = [...(found_include ? ['`include`'] : []), ...(found_exclude ? ['`exclude`'] : [])].join(' and ')
      return `Found ${found} in \`warn_error_options\` specification.${found_include ? ' Please use `error` instead of `include`.' : ''}${found_exclude ? ' Please use `warn` instead of `exclude`.' : ''}`
    },
  ),
  ModelParamUsageDeprecation: deprecation(
    'ModelParamUsageDeprecation',
    'D032',
    () => 'Usage of `--models`, `--model`, and `-m` is deprecated in favor of `--select` or `-s`.',
  ),
  ModulesItertoolsUsageDeprecation: deprecation(
    'ModulesItertoolsUsageDeprecation',
    'D034',
    () => 'Usage of itertools modules is deprecated. Please use the built-in functions instead.',
  ),
  SourceOverrideDeprecation: deprecation<{ source_name: string; file: string }>(
    'SourceOverrideDeprecation',
    'D035',
    ({ source_name, file }) =>
      `The source property \`overrides\` is deprecated but was found on source \`${source_name}\` in file \`${file}\`. Disable the unwanted source with \`enabled\`.`,
  ),
  EnvironmentVariableNamespaceDeprecation: deprecation<{ env_var: string; reserved_prefix: string }>(
    'EnvironmentVariableNamespaceDeprecation',
    'D036',
    ({ env_var, reserved_prefix }) =>
      `Found custom environment variable \`${env_var}\` in the environment. The prefix \`${reserved_prefix}\` is reserved for dbt engine environment variables.`,
  ),
  MissingPlusPrefixDeprecation: deprecation<InFile>(
    'MissingPlusPrefixDeprecation',
    'D037',
    ({ key, file, key_path }) =>
      `Missing '+' prefix on \`${key}\` found at \`${key_path}\` in file \`${file}\`. Hierarchical config values without a '+' prefix are deprecated in dbt_project.yml.`,
  ),
  ArgumentsPropertyInGenericTestDeprecation: deprecation<{ test_name: string }>(
    'ArgumentsPropertyInGenericTestDeprecation',
    'D038',
    ({ test_name }) =>
      `Found \`arguments\` property in test definition of ${test_name} without usage of \`require_generic_test_arguments_property\` behavior change flag.`,
  ),
  MissingArgumentsPropertyInGenericTestDeprecation: deprecation<{ test_name: string }>(
    'MissingArgumentsPropertyInGenericTestDeprecation',
    'D039',
    ({ test_name }) =>
      `Found top-level arguments to test ${test_name}. Arguments to generic tests should be nested under the \`arguments\` property.`,
  ),
  DuplicateNameDistinctNodeTypesDeprecation: deprecation<{
    resource_name: string
    package_name: string
    unique_id1: string
    unique_id2: string
  }>(
    'DuplicateNameDistinctNodeTypesDeprecation',
    'D040',
    ({ resource_name, package_name, unique_id1, unique_id2 }) =>
      `Found resources with the same name '${resource_name}' in package '${package_name}': '${unique_id1}' and '${unique_id2}'. Rename one of them.`,
  ),
  TimeDimensionsRequireGranularityDeprecation: deprecation<{ msg: string }>(
    'TimeDimensionsRequireGranularityDeprecation',
    'D041',
    ({ msg }) => msg,
  ),
  GenericSemanticLayerDeprecation: deprecation<{ msg: string }>(
    'GenericSemanticLayerDeprecation',
    'D042',
    ({ msg }) => msg,
  ),
  GenerateSchemaNameNullValueDeprecation: deprecation<{ resource_unique_id: string }>(
    'GenerateSchemaNameNullValueDeprecation',
    'D044',
    ({ resource_unique_id }) =>
      `Node '${resource_unique_id}' has a schema set to None as a result of a generate_schema_name call. Please set a valid schema name.`,
  ),
}

export type DeprecationName = keyof typeof deprecationEvents

export const isDeprecation = (name: string): name is DeprecationName => Object.hasOwn(deprecationEvents, name)

export const deprecationSummary = {
  DeprecationsSummary: defineEvent<{
    summaries: { event_name: string; occurrences: number }[]
    show_all_hint: boolean
  }>('D028', 'warn', ({ summaries, show_all_hint }) =>
    deprecationTag(
      [
        'Summary of encountered deprecations:',
        ...summaries.map(({ event_name, occurrences }) => `- ${event_name}: ${plural(occurrences, 'occurrence')}`),
        ...(show_all_hint ? ['Run again with `--show-all-deprecations` to see every place, not only the first.'] : []),
      ].join('\n\n'),
      'DeprecationsSummary',
    ),
  ),
}
