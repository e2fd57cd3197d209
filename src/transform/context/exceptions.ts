import type { Logger } from '../../base/index.js'
import { defineFunction, str } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'
import type { EventContext, EventSink } from '../log/event-sink.js'
import { contractError } from './contract-error.js'

function raise(prefix = ''): (message?: unknown) => never {
  return (message) => {
    throw transformErrors.create('TRANSFORM_COMPILE', { message: prefix + str(message ?? '') })
  }
}

/**
 * `exceptions.…`: every name that dbt offers, and one more; each ends the node with its message.
 * @param about of which node warnings are
 */
export function exceptionFunctions(
  logger: Logger,
  events?: EventSink,
  about?: EventContext,
): Readonly<Record<string, unknown>> {
  const raising = (name: string, parameters: readonly string[], text?: (...values: unknown[]) => string) =>
    defineFunction(name, parameters, (...values: unknown[]) => raise()(text ? text(...values) : values[0]))
  return {
    warn: defineFunction('warn', ['msg', 'node?'], (message: unknown) => {
      logger.warn(str(message))
      return ''
    }),
    warn_snapshot_timestamp_data_types: defineFunction(
      'warn_snapshot_timestamp_data_types',
      ['snapshot_time_data_type', 'updated_at_data_type'],
      (own: unknown, source: unknown) => {
        const data = { snapshot_time_data_type: str(own), updated_at_data_type: str(source) }
        if (events) events.warn('SnapshotTimestampWarning', data, about)
        else logger.warn(`The snapshot's own times are of type ${str(own)}, its \`updated_at\` is a ${str(source)}.`)
        return ''
      },
    ),
    raise_compiler_error: raising('raise_compiler_error', ['msg', 'node?']),
    raise_parsing_error: raising('raise_parsing_error', ['msg', 'node?']),
    raise_database_error: raising('raise_database_error', ['msg', 'node?']),
    raise_not_implemented: raising('raise_not_implemented', ['msg'], (message) => `ERROR: ${str(message)}`),
    raise_contract_error: defineFunction(
      'raise_contract_error',
      ['yaml_columns', 'sql_columns'],
      (declared: unknown, given: unknown) => {
        const { message, column } = contractError(declared, given)
        throw transformErrors.create('TRANSFORM_COMPILE', { message, data: { column } })
      },
    ),
    // Not one of dbt's: for our own macros, so that the message shows where the config is written.
    raise_config_error: defineFunction('raise_config_error', ['config', 'msg'], (config: unknown, message: unknown) => {
      throw transformErrors.create('TRANSFORM_COMPILE', { message: str(message), data: { config: [str(config)] } })
    }),
    raise_dependency_error: raising('raise_dependency_error', ['msg', 'node?']),
    raise_duplicate_patch_name: raising('raise_duplicate_patch_name', ['patch_1', 'existing_patch_path']),
    raise_duplicate_resource_name: raising('raise_duplicate_resource_name', ['node_1', 'node_2']),
    raise_invalid_property_yml_version: raising('raise_invalid_property_yml_version', ['path', 'issue']),
    raise_ambiguous_alias: raising('raise_ambiguous_alias', ['node_1', 'node_2', 'duped_name?']),
    raise_ambiguous_catalog_match: raising('raise_ambiguous_catalog_match', ['unique_id', 'match_1', 'match_2']),
    raise_cache_inconsistent: raising('raise_cache_inconsistent', ['message']),
    raise_dataclass_not_dict: raising('raise_dataclass_not_dict', ['obj']),
    raise_fail_fast_error: raising('raise_fail_fast_error', ['msg', 'node?']),
    missing_config: raising('missing_config', ['model', 'name'], (_, name) => `A config is missing: ${str(name)}`),
    missing_materialization: raising(
      'missing_materialization',
      ['model', 'adapter_type'],
      () => 'The materialization of this model does not exist.',
    ),
    missing_relation: raising(
      'missing_relation',
      ['relation', 'model?'],
      (relation) => `Relation ${str(relation)} not found!`,
    ),
    relation_wrong_type: raising(
      'relation_wrong_type',
      ['relation', 'expected_type', 'model?'],
      (relation, expected) => `${str(relation)} is not a ${str(expected)}.`,
    ),
    column_type_missing: raising(
      'column_type_missing',
      ['column_names'],
      (names) =>
        `Contracted models require data_type to be defined for each column. Please ensure that the column name and data_type are defined within the YAML configuration for the ${str(names)} column(s).`,
    ),
  }
}
