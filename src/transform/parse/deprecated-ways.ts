import type { SourceLocation } from '../../base/index.js'
import type { ManifestNode } from '../contract.js'
import { transformErrors } from '../errors.js'
import { isMapping } from '../project/yaml-file.js'
import { configKeys } from './generic-tests.js'
import type { ParseScope } from './parse-scope.js'
import type { Property } from './properties.js'

const besideArguments = new Set(['config', 'column_name', 'description', 'name', 'test_name', ...configKeys])

/** Arguments of a generic test belong below `arguments:`, configs below `config:`. */
export function checkTestArguments(scope: ParseScope, entry: unknown, property: Property, at: SourceLocation): void {
  if (!isMapping(entry)) return
  const [name, values] =
    typeof entry.test_name === 'string' ? [entry.test_name, entry] : (Object.entries(entry)[0] ?? [])
  if (name === undefined || !isMapping(values)) return
  const code = 'TRANSFORM_YAML_INVALID'
  const { file } = property
  checkHeader(scope, name, values, file, at)
  if (scope.invocation.flags.require_generic_test_arguments_property === false) {
    if (values.arguments !== undefined)
      scope.diagnostics.warn({
        code,
        message: `The test ${name} has \`arguments\`.`,
        event: { name: 'ArgumentsPropertyInGenericTestDeprecation', data: { test_name: `\`${name}\`` } },
        at,
      })
    return
  }
  for (const key of Object.keys(values).filter((one) => configKeys.includes(one)))
    scope.diagnostics.warn({
      code,
      message: `\`${key}\` of the test ${name} belongs below \`config\`.`,
      event: {
        name: 'PropertyMovedToConfigDeprecation',
        data: { key, file, key_path: `data_tests.${name}.${key}` },
      },
      at,
    })
  const isBare = Object.keys(values).some((key) => key !== 'arguments' && !besideArguments.has(key))
  const hasArguments = isMapping(values.arguments) && Object.keys(values.arguments).length > 0
  if (isBare && !hasArguments)
    scope.diagnostics.warn({
      code,
      message: `The arguments of the test ${name} belong below \`arguments\`.`,
      event: {
        name: 'MissingArgumentsPropertyInGenericTestDeprecation',
        data: {
          test_name: `\`${name}\` defined on '${property.name}' in package '${property.package.name}' (${file})`,
        },
      },
      at,
    })
}

/** `sql_header` of a test does nothing until the project asks for it by a flag. */
function checkHeader(
  { invocation, diagnostics }: ParseScope,
  name: string,
  { config, ...values }: Record<string, unknown>,
  file: string,
  at: SourceLocation,
): void {
  const header = (isMapping(config) ? config.sql_header : undefined) ?? values.sql_header ?? null
  if (header === null || invocation.flags.require_sql_header_in_test_configs === true) return
  diagnostics.warn({
    code: 'TRANSFORM_YAML_INVALID',
    message: `\`sql_header\` of the test ${name} is not used.`,
    hint: 'Set the flag require_sql_header_in_test_configs in dbt_project.yml.',
    event: {
      name: 'CustomKeyInConfigDeprecation',
      data: { key: 'sql_header', file, key_path: 'models.config' },
    },
    at,
  })
}

/** A model and a seed of one name: `ref()` cannot tell them apart. @throws TRANSFORM_DUPLICATE_NAME with the flag */
export function checkDistinctNames(scope: ParseScope): void {
  for (const { node, own } of scope.unresolved)
    if (namesOf.includes(node.resource_type) && node.version == null)
      scope.tracker.again(own, node.original_file_path, () => checkName(scope, node))
}

/** In the order in which they are read. */
const namesOf: readonly string[] = ['model', 'seed', 'snapshot']

function checkName({ references, invocation, diagnostics }: ParseScope, node: ManifestNode): void {
  const rank = ({ resource_type }: ManifestNode) => namesOf.indexOf(resource_type)
  const [first] = references
    .nodesNamed(node.name)
    .filter((one) => one.package_name === node.package_name && one.version == null && rank(one) >= 0)
    .filter((one) => rank(one) < rank(node))
    .sort((one, other) => rank(other) - rank(one))
  if (!first) return
  const at = { file: node.original_file_path }
  const message = `dbt found two resources with the name "${node.name}":\n- ${first.unique_id} (${first.original_file_path})\n- ${node.unique_id} (${node.original_file_path})`
  if (invocation.flags.require_unique_project_resource_names === true)
    diagnostics.error(transformErrors.create('TRANSFORM_DUPLICATE_NAME', { message, at, hint: 'Rename one of them.' }))
  else
    diagnostics.warn({
      code: 'TRANSFORM_DUPLICATE_NAME',
      message,
      event: {
        name: 'DuplicateNameDistinctNodeTypesDeprecation',
        data: {
          resource_name: node.name,
          package_name: node.package_name,
          unique_id1: first.unique_id,
          unique_id2: node.unique_id,
        },
      },
      at,
    })
}

/** generate_schema_name must answer a name. */
export function checkSchemaName({ invocation, diagnostics }: ParseScope, node: ManifestNode): void {
  const message = `Node '${node.unique_id}' has a schema set to None as a result of a generate_schema_name call.`
  const at = { file: node.original_file_path }
  const hint = 'Let the macro answer target.schema where there is no custom schema.'
  if (invocation.flags.require_valid_schema_from_generate_schema_name === true)
    diagnostics.error(transformErrors.create('TRANSFORM_YAML_INVALID', { message, at, hint }))
  else
    diagnostics.warn({
      code: 'TRANSFORM_YAML_INVALID',
      message,
      event: { name: 'GenerateSchemaNameNullValueDeprecation', data: { resource_unique_id: node.unique_id } },
      at,
      hint,
    })
}
