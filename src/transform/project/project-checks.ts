import {
  anyOf,
  boolean,
  type Checks,
  integer,
  keyed,
  listOf,
  mapping,
  number,
  ofType,
  only,
  optional,
  type Problem,
  problemsOf,
  text,
  withKeys,
} from '../value-checks.js'
import { isMapping } from './yaml-file.js'

/** A version as semver.org has it, or its first two numbers. */
const version = ofType(
  'version',
  (value) =>
    typeof value === 'string' &&
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)(\.(0|[1-9]\d*)(-[\da-z.-]+)?(\+[\da-z.-]+)?)?$/i.test(value),
  'Write, for example, `version: 1.0.0`, or leave it out.',
)
const folders = optional(listOf(text, 'folder'))
const path = optional(text)
const hooks = optional(anyOf(text, listOf(text, '"{{ my_macro() }}"')))
const flag = optional(boolean)
/** What a mapping or a list would be, no package is named by. */
const packageName = ofType('string', (value) => !isMapping(value) && !Array.isArray(value))

const everyKind = [
  'model',
  'source',
  'seed',
  'data',
  'snapshot',
  'test',
  'analysis',
  'macro',
  'docs',
  'asset',
  'function',
  'osi',
]
const sections = [
  ...['analyses', 'sources', 'tests', 'data_tests', 'unit_tests', 'metrics', 'exposures', 'functions'],
  ...['semantic-models', 'saved-queries'],
]
/** An empty one of these is none. */
const emptySections = ['models', 'seeds', 'snapshots']

const settings: Checks = {
  version: optional(anyOf(version, number)),
  'config-version': optional(integer),
  profile: path,
  'target-path': path,
  'log-path': path,
  'packages-install-path': path,
  'clean-targets': folders,
  // dbt says this of every key that may be left out; here others hold its words against it.
  'dbt-cloud': optional(anyOf(mapping)),
  vars: optional(mapping),
  flags: mapping,
  packages: listOf(mapping, 'package: dbt-labs/dbt_utils'),
  'restrict-access': boolean,
  quoting: optional(
    only({ database: flag, schema: flag, identifier: flag, project: flag, snowflake_ignore_case: flag }),
  ),
  'query-comment': optional(anyOf(text, only({ comment: text, append: flag, 'job-label': boolean }))),
  'on-run-start': hooks,
  'on-run-end': hooks,
  dispatch: listOf(
    withKeys({ search_order: listOf(packageName, 'dbt') }, ['macro_namespace', 'search_order']),
    'macro_namespace: dbt',
  ),
  ...keyed(
    everyKind.map((kind) => `${kind}-paths`),
    folders,
  ),
  ...keyed(sections, mapping),
  ...keyed(emptySections, optional(mapping)),
}

/** What is wrong with the values of dbt_project.yml: what is of another shape would be passed over in silence. */
export const problemsOfProject = (values: Readonly<Record<string, unknown>>): Problem[] => problemsOf(values, settings)
