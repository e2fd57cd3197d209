import { join } from 'node:path'
import { earlySettings } from '../../project/early-settings.js'
import { isMapping } from '../../project/yaml-file.js'

/** `flags:` of dbt_project.yml as it stands there. What is wrong with the file is said when it is read for good. */
export function readProjectFlags(projectDir: string): Readonly<Record<string, unknown>> {
  try {
    const { flags } = earlySettings(join(projectDir, 'dbt_project.yml'), ['flags'])
    return isMapping(flags) ? flags : {}
  } catch {
    return {}
  }
}

/**
 * dbt's switches between its old behaviour and its new one, with what dbt 1.12 does when nothing is said. A project turns
 * them below `flags:` only.
 */
export const behaviorFlags: Readonly<Record<string, boolean>> = {
  require_batched_execution_for_custom_microbatch_strategy: true,
  require_event_names_in_deprecations: false,
  require_explicit_package_overrides_for_builtin_materializations: true,
  require_resource_names_without_spaces: true,
  source_freshness_run_project_hooks: true,
  skip_nodes_if_on_run_start_fails: true,
  state_modified_compare_more_unrendered_values: true,
  state_modified_compare_vars: false,
  require_yaml_configuration_for_mf_time_spines: true,
  require_nested_cumulative_type_params: true,
  validate_macro_args: true,
  require_all_warnings_handled_by_warn_error: true,
  require_generic_test_arguments_property: true,
  require_unique_project_resource_names: false,
  require_ref_searches_node_package_before_root: false,
  require_valid_schema_from_generate_schema_name: false,
  allow_jinja_file_extensions: false,
  require_sql_header_in_test_configs: false,
  support_custom_ref_kwargs: false,
  require_corrected_analysis_fqns: false,
  require_source_and_semantic_model_names_without_spaces: false,
  enable_grouped_warn_error_parser_logs: false,
  use_catalogs_v2: false,
  latest_version_pointer_enabled_by_default: false,
  enable_truthy_nulls_equals_macro: false,
}
