import { hash } from 'node:crypto'
import { repr, str, typeName } from '../../../jinja/index.js'
import { transformErrors } from '../../errors.js'
import { asText, isMapping } from '../../project/yaml-file.js'
import { toPython } from '../../python/values.js'

/** One test of a model, source or column as it stands in a properties file, taken apart. */
export interface GenericTest {
  readonly testName: string
  readonly namespace: string | null
  /** The macro's arguments; templates in them are still text. */
  readonly kwargs: Record<string, unknown>
  readonly config: Record<string, unknown>
  /** The full name, as in unique ids and fqn. */
  readonly name: string
  /** The name for files and tables: under 64 characters. */
  readonly shortName: string
  readonly description: string
  /** What tells two tests of one name apart. */
  readonly hash: string
}

export interface TestTarget {
  /** `ref('x')` or `source('s', 't')`, as it stands in the test's `model`. */
  readonly reference: string
  /** The model's name, or `source_table`. */
  readonly shownName: string
  readonly isSource: boolean
}

export const configKeys: readonly string[] = [
  'severity',
  'tags',
  'enabled',
  'where',
  'limit',
  'warn_if',
  'error_if',
  'fail_calc',
  'store_failures',
  'store_failures_as',
  'sql_header',
  'meta',
  'database',
  'schema',
  'alias',
]

/**
 * `- unique`, `- accepted_values: {arguments: {values: […]}}`, `- pkg.test: {config: {…}}`, with dbt's names and hashes.
 * @throws TRANSFORM_YAML_INVALID
 */
export function readGenericTest(entry: unknown, target: TestTarget, columnName: string | null): GenericTest {
  const { fullName, values } = takeApart(entry)
  const match = /^(?:([A-Za-z_]\w*)\.)?([A-Za-z_]\w*)/.exec(fullName)
  if (!match) throw invalid(`'${fullName}' is no name of a test.`)
  const [, namespace = null, testName = ''] = match
  const kwargs = { ...values }
  if (columnName !== null) kwargs.column_name = columnName
  const nested = kwargs.arguments
  delete kwargs.arguments
  if (isMapping(nested)) Object.assign(kwargs, nested)
  else if (nested !== undefined && nested !== null) throw invalid('`arguments` of a test takes a mapping.')
  if ('model' in kwargs) throw invalid('A test cannot have an argument `model`: it is what the test is written below.')
  kwargs.model = `{{ get_where_subquery(${target.reference}) }}`
  const config = takeConfig(kwargs)
  const description = asText(kwargs.description)
  delete kwargs.description
  const given = typeof kwargs.name === 'string' ? kwargs.name : undefined
  delete kwargs.name
  const names =
    given === undefined ? generatedNames(testName, namespace, target, kwargs) : { full: given, short: given }
  if (names.short !== names.full && config.alias === undefined) config.alias = names.short
  return {
    testName,
    namespace,
    kwargs,
    config,
    name: names.full,
    shortName: names.short,
    description,
    hash: hashOf(names.full, testName, namespace, kwargs),
  }
}

function invalid(message: string) {
  return transformErrors.create('TRANSFORM_YAML_INVALID', {
    message,
    hint: 'Write "- unique", or "- accepted_values:" with its `arguments:` and `config:` below it.',
  })
}

function takeApart(entry: unknown): { fullName: string; values: Record<string, unknown> } {
  if (typeof entry === 'string') return { fullName: entry, values: {} }
  if (!isMapping(entry)) throw invalid('A test is a name, or a mapping from its name to its arguments.')
  if (typeof entry.test_name === 'string') {
    const { test_name, ...values } = entry
    return { fullName: test_name as string, values }
  }
  const [pair, second] = Object.entries(entry)
  if (!pair || second)
    throw invalid(
      `A test has one name; this one has ${pair ? Object.keys(entry).join(', ') : 'none'}. Its arguments are perhaps not indented far enough.`,
    )
  const [fullName, values] = pair
  if (values === null || values === undefined) return { fullName, values: {} }
  if (!isMapping(values)) throw invalid(`The arguments of the test '${fullName}' are no mapping.`)
  return { fullName, values: { ...values } }
}

/** Configs may stand below `config:` or, as they once did, among the arguments. @throws TRANSFORM_YAML_INVALID */
function takeConfig(kwargs: Record<string, unknown>): Record<string, unknown> {
  if (kwargs.config !== undefined && kwargs.config !== null && !isMapping(kwargs.config))
    throw invalid(`'config' must be a dict, got ${typeName(kwargs.config)} (value ${str(kwargs.config)})`)
  const nested: Record<string, unknown> = { ...kwargs.config }
  const twice = configKeys.find((key) => kwargs[key] && key in nested)
  if (twice !== undefined)
    throw invalid(`Test cannot have the same key at the top-level and in config: \`${twice}\` stands in both.`)
  delete kwargs.config
  const config: Record<string, unknown> = {}
  for (const key of configKeys) {
    if (!(key in kwargs || key in nested)) continue
    const value = kwargs[key] ?? nested[key]
    delete kwargs[key]
    delete nested[key]
    if (value !== undefined && value !== null) config[key] = value
  }
  for (const [key, value] of Object.entries(nested)) if (value !== null && value !== undefined) config[key] = value
  return config
}

const longestName = 63

/** `not_null_orders_id`; where that is too long, 30 characters of it and a hash of the whole. */
function generatedNames(
  testName: string,
  namespace: string | null,
  target: TestTarget,
  kwargs: Record<string, unknown>,
): { full: string; short: string } {
  const type = `${namespace === null ? '' : `${namespace}_`}${target.isSource ? 'source_' : ''}${testName}`
  const values = Object.keys(kwargs)
    .sort()
    .filter((key) => key !== 'model')
    .flatMap((key) => {
      const value = kwargs[key]
      return isMapping(value) ? Object.values(value) : Array.isArray(value) ? value : [value]
    })
    .map((value) => str(toPython(value)).replace(/[^0-9a-zA-Z_]+/g, '_'))
  const identifier = `${type}_${target.shownName}`
  const full = `${identifier}_${values.join('__')}`
  return { full, short: full.length > longestName ? `${identifier.slice(0, 30)}_${md5(full)}` : full }
}

/** Ten digits over the name and Python's repr of the sorted metadata, as dbt builds unique ids. */
function hashOf(name: string, test: string, namespace: string | null, kwargs: Record<string, unknown>): string {
  return md5(`${name}{'kwargs': ${hashed(kwargs)}, 'name': ${hashed(test)}, 'namespace': ${hashed(namespace)}}`).slice(
    -10,
  )
}

/** As Python prints it when keys are sorted and all that is no collection became text. */
function hashed(value: unknown): string {
  if (typeof value === 'string') return repr(value)
  if (isMapping(value)) {
    const keys = Object.keys(value).sort()
    return `{${keys.map((key) => `${repr(key)}: ${hashed(value[key])}`).join(', ')}}`
  }
  if (Array.isArray(value)) return `[${value.map(hashed).join(', ')}]`
  return repr(str(toPython(value ?? null)))
}

const md5 = (text: string) => hash('md5', text, 'hex')

/** The SQL of a generic test: the call of its macro, and its configs. */
export function genericTestCode(test: GenericTest): string {
  const config = Object.entries(test.config).map(
    ([key, value]) =>
      `${key}=${typeof value === 'string' ? `"${value.replaceAll('"', '\\"')}"` : repr(toPython(value))}`,
  )
  return `${genericTestCall(test)}${config.length > 0 ? `{{ config(${config.join(',')}) }}` : ''}`
}

export const genericTestCall = ({ namespace, testName }: GenericTest) =>
  `{{ ${namespace === null ? '' : `${namespace}.`}test_${testName}(**_dbt_generic_test_kwargs) }}`
