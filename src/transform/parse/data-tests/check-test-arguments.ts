import type { SourceLocation } from '../../../base/index.js'
import { isMapping } from '../../project/yaml-file.js'
import type { ParseScope } from '../scope/parse-scope.js'
import type { Property } from '../yaml/properties.js'
import { configKeys } from './generic-tests.js'

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
