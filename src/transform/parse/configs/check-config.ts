import type { ResourceType } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { isMapping, type Path } from '../../project/yaml-file.js'
import {
  boolean,
  type Checks,
  firstProblem,
  integer,
  listOf,
  mapping,
  oneOf,
  optional,
  problemText,
  text,
  withKeys,
} from '../../value-checks.js'
import type { ConfigValues } from './config-fields.js'
import { modelFreshness, sourceFreshness } from './freshness-checks.js'
import { isColor } from './node-color.js'

const hooks = listOf(withKeys({ sql: text, transaction: boolean, index: optional(integer) }, ['sql']), 'select 1')

/** What some configs must be; the others may be anything. */
const checks: Checks = {
  enabled: boolean,
  meta: mapping,
  persist_docs: mapping,
  quoting: mapping,
  column_types: mapping,
  'pre-hook': hooks,
  'post-hook': hooks,
  full_refresh: optional(boolean),
  on_configuration_change: oneOf('apply', 'continue', 'fail'),
  grants: mapping,
  docs: withKeys({ show: boolean }),
  contract: withKeys({ enforced: boolean, alias_types: boolean }),
  quote_columns: optional(boolean),
  store_failures: optional(boolean),
  limit: optional(integer),
  on_error: optional(oneOf('skip_children', 'continue')),
}

/** What only some resources have. */
const checksOfType: Readonly<Partial<Record<ResourceType, Checks>>> = {
  function: {
    type: oneOf('scalar', 'aggregate', 'table'),
    volatility: optional(oneOf('deterministic', 'stable', 'non-deterministic')),
  },
  source: { freshness: sourceFreshness },
  model: { freshness: modelFreshness },
}

/** What an incremental model may do about other columns than those of its contract. */
const heldSchemas = new Set(['append_new_columns', 'fail'])

/** Resources that are made in one way only. */
const materializations: Readonly<Partial<Record<ResourceType, string>>> = {
  seed: 'seed',
  snapshot: 'snapshot',
  test: 'test',
}

/** Of these, dbt says what is wrong with a value, and not what kind of error that is. */
const withoutHeader = new Set<ResourceType>(['exposure', 'metric', 'semantic_model', 'saved_query', 'source'])

/** Looks at a node's whole config. @throws TRANSFORM_YAML_INVALID; its `data.config` leads to what is wrong */
export function checkConfig(type: ResourceType, config: ConfigValues): void {
  const problem = firstProblem(config, checks) ?? firstProblem(config, checksOfType[type] ?? {})
  if (problem)
    throw invalid(problem.path, problemText(problem), {
      hasHeader: !withoutHeader.has(type),
      hint: problem.hint,
    })
  const color = isMapping(config.docs) ? config.docs.node_color : undefined
  if (color && !isColor(String(color)))
    throw invalid(
      ['docs'],
      `Invalid color name for docs.node_color: ${String(color)}. It is neither a valid HTML color name nor a valid HEX code.`,
      { hasHeader: false },
    )
  const isEnforced = isMapping(config.contract) && config.contract.enforced === true
  if (isEnforced && config.materialized === 'incremental' && !heldSchemas.has(String(config.on_schema_change)))
    throw invalid(
      ['on_schema_change'],
      `Invalid value for on_schema_change: ${String(config.on_schema_change)}. Models materialized as incremental with contracts enabled must set on_schema_change to 'append_new_columns' or 'fail'`,
      { hasHeader: false },
    )
  const materialized = materializations[type]
  if (materialized !== undefined && config.materialized && config.materialized !== materialized)
    throw invalid(['materialized'], `A ${type} must have a materialized value of '${materialized}'`, {
      hasHeader: type !== 'snapshot',
    })
  if (type === 'test' && !/^(?:warn|error)$/i.test(String(config.severity || 'error')))
    throw invalid(['severity'], `Severity must be either 'warn' or 'error'. Got '${String(config.severity)}'`)
}

/** Some of these dbt says without a word on their kind. */
function invalid(
  config: Path,
  message: string,
  { hasHeader = true, hint }: { readonly hasHeader?: boolean; readonly hint?: string | undefined } = {},
) {
  return transformErrors.create('TRANSFORM_YAML_INVALID', {
    message,
    hint,
    data: { config, ...(hasHeader ? {} : { dbtType: '' }) },
  })
}
