import { isMapping } from '../../project/yaml-file.js'
import {
  anything,
  type Check,
  type Checks,
  withKeys as checkedKeys,
  only as checkedOnly,
  keyed,
  type Problem,
  problemsOf,
} from '../../value-checks.js'
import { isDateText } from './date-text.js'
import { column, described, tested } from './described-checks.js'
import {
  anyOf,
  boolean,
  late,
  listOf,
  mapping,
  maybeBoolean,
  maybeText,
  oneOf,
  only,
  optional,
  text,
  texts,
  version,
  withKeys,
} from './late-checks.js'
import {
  derivedSemantics,
  measuredMetricChecks,
  metricChecks,
  metricsOfModel,
  savedQueryChecks,
  semanticModelChecks,
} from './semantic-checks.js'
import { sourceChecks, sourceOverrideChecks } from './source-checks.js'

interface Shape {
  readonly checks: Checks
  readonly required?: readonly string[]
  /** Other keys are refused, where one is required. */
  readonly isClosed?: boolean
}

const owner = withKeys({ name: maybeText, email: optional(anyOf(text, texts('me@example.com'))) })
const date = optional(
  late((value) =>
    typeof value === 'string' && isDateText(value)
      ? undefined
      : (text(value) ?? {
          path: [],
          text: `'${String(value)}' is not a date`,
          hint: 'Write, for example, 2030-01-31.',
        }),
  ),
)

const included: Checks = { include: anyOf(text, texts('id')), exclude: texts('id') }

const modelVersion: Checks = {
  ...described,
  v: version,
  defined_in: maybeText,
  access: maybeText,
  deprecation_date: date,
  data_tests: optional(tested.data_tests as Check),
  tests: optional(tested.tests as Check),
  columns: listOf(anyOf(withKeys(column, ['name']), withKeys(included, ['include'])), 'name: id'),
}
const timeSpine = only(
  {
    standard_granularity_column: text,
    custom_granularities: listOf(only({ name: text, column_name: maybeText }, ['name']), 'name: fiscal_year'),
  },
  ['standard_granularity_column'],
)
const semanticModelOfModel = only({
  name: maybeText,
  enabled: boolean,
  group: maybeText,
  config: optional(only({ meta: mapping })),
})

const node: Checks = { ...tested, quote_columns: maybeBoolean, access: maybeText }

const rows: Checks = {
  rows: optional(anyOf(text, listOf(mapping, 'id: 1'))),
  format: oneOf('csv', 'dict', 'sql'),
  fixture: maybeText,
}
const versions = optional(listOf(version, '1'))

const argument = only({ name: text, data_type: text, description: maybeText, default_value: anything }, [
  'name',
  'data_type',
])
const functionArguments = listOf(argument, 'name: x')
const returns = only({ data_type: text, description: maybeText }, ['data_type'])

const access = oneOf('private', 'protected', 'public')

const shapes: Readonly<Record<string, Shape>> = {
  models: {
    checks: {
      ...node,
      latest_version: optional(version),
      versions: listOf(withKeys(modelVersion, ['v']), 'v: 1'),
      deprecation_date: date,
      time_spine: optional(timeSpine),
      semantic_model: optional(anyOf(semanticModelOfModel, boolean)),
      primary_entity: maybeText,
      agg_time_dimension: maybeText,
      metrics: metricsOfModel,
      derived_semantics: derivedSemantics,
    },
  },
  seeds: { checks: { ...node, access } },
  snapshots: { checks: { ...node, access, relation: text } },
  analyses: { checks: { ...described, access, columns: listOf(withKeys(column, ['name']), 'name: id') } },
  data_tests: { checks: described },
  macros: {
    checks: {
      ...described,
      config: withKeys({
        meta: optional(mapping),
        docs: optional(only({ show: anything, node_color: anything })),
      }),
      arguments: listOf(only({ name: text, type: maybeText, description: text }, ['name']), 'name: column'),
    },
  },
  sources: { checks: sourceChecks, required: ['name'], isClosed: true },
  exposures: {
    checks: {
      name: text,
      type: oneOf('dashboard', 'notebook', 'analysis', 'ml', 'application'),
      owner,
      description: text,
      label: maybeText,
      maturity: optional(oneOf('low', 'medium', 'high')),
      meta: mapping,
      tags: texts('nightly'),
      url: maybeText,
      depends_on: texts("ref('orders')"),
      config: withKeys({
        meta: mapping,
        tags: anyOf(text, mapping, listOf(anything, 'nightly')),
      }),
    },
    required: ['type', 'owner'],
    isClosed: true,
  },
  groups: {
    checks: { name: text, owner, description: maybeText, config: withKeys({ meta: mapping }) },
    required: ['owner'],
    isClosed: true,
  },
  unit_tests: {
    checks: {
      name: text,
      model: text,
      given: listOf(only({ ...rows, input: text }, ['input']), "input: ref('orders')"),
      expect: only(rows),
      description: text,
      overrides: optional(only({ macros: mapping, vars: mapping, env_vars: mapping })),
      config: withKeys({ meta: mapping }),
      versions: optional(only({ include: versions, exclude: versions })),
    },
    required: ['model', 'given', 'expect'],
    isClosed: true,
  },
  functions: {
    checks: {
      ...described,
      access,
      arguments: functionArguments,
      returns,
      overloads: listOf(
        only({ defined_in: text, arguments: functionArguments, returns: optional(returns), description: maybeText }, [
          'defined_in',
        ]),
        'defined_in: other_file',
      ),
    },
    required: ['returns'],
  },
  semantic_models: { checks: semanticModelChecks, required: ['model'], isClosed: true },
  metrics: { checks: metricChecks, required: ['name'], isClosed: true },
  measured_metrics: { checks: measuredMetricChecks, required: ['label', 'type_params'], isClosed: true },
  saved_queries: { checks: savedQueryChecks, required: ['query_params'], isClosed: true },
}

/** Which keys there must be, and which there may be; their values are looked at one by one. */
function outlineOf({ checks, required = [], isClosed }: Shape): Check | undefined {
  if (required.length === 0) return undefined
  return (isClosed ? checkedOnly : checkedKeys)(keyed(Object.keys(checks), anything), required)
}
const outlines = new Map(Object.entries(shapes).map(([kind, shape]) => [kind, outlineOf(shape)]))

/** What dbt's schema of such an entry refuses, the first thing for each key. */
export function problemsOfEntry(kind: string, values: Readonly<Record<string, unknown>>): Problem[] {
  const name = kind === 'metrics' && 'type_params' in values ? 'measured_metrics' : kind
  const isOverride = kind === 'sources' && values.overrides !== undefined
  const checks = isOverride ? sourceOverrideChecks : shapes[name]?.checks
  const ofKeys = isOverride ? undefined : outlines.get(name)?.(values)
  return [
    ...(ofKeys ? [ofKeys] : []),
    ...problemsOf(values, checks ?? {}),
    ...unowned(kind, values),
    ...saidTwice(kind, values),
  ]
}

const ofNodes = new Set(['models', 'seeds', 'snapshots', 'analyses', 'functions'])
const inConfigOrBeside = ['meta', 'docs', 'group', 'contract', 'access']

/** What stands in the config and beside it: neither would win. */
function saidTwice(kind: string, values: Readonly<Record<string, unknown>>): Problem[] {
  const { config } = values
  if (!ofNodes.has(kind) || !isMapping(config)) return []
  return inConfigOrBeside.flatMap((key) =>
    key in values && key in config
      ? [
          {
            path: [],
            place: [key],
            text: `found ${key} dictionary in 'config' dictionary and as top-level key.`,
            hint: "Remove the top-level key and define it under 'config' dictionary only.",
          },
        ]
      : [],
  )
}

/** Somebody must be there to ask. */
function unowned(kind: string, { owner: given }: Readonly<Record<string, unknown>>): Problem[] {
  const name = { exposures: 'Exposure', groups: 'Group' }[kind]
  if (name === undefined || !isMapping(given) || (given.name ?? given.email ?? null) !== null) return []
  return [
    {
      path: [],
      place: ['owner'],
      text: `${name} owner must have at least one of 'name' or 'email'.`,
      hint: 'Write, for example, `owner: { email: me@example.com }`.',
    },
  ]
}
