import { holdsJinja } from '../../context/base-context.js'
import {
  anyOf,
  boolean,
  type Check,
  type Checks,
  listOf,
  mapping,
  oneOf,
  optional,
  type Problem,
  problemsOf,
  text,
  withKeys,
} from '../../value-checks.js'

/** What a template makes is not known yet. */
const unlessTemplate =
  (check: Check): Check =>
  (value, path) =>
    typeof value === 'string' && holdsJinja(value) ? undefined : check(value, path)

const number: Check = (value, path) => (typeof value === 'number' ? undefined : text(value, path))
const config = unlessTemplate(mapping)
const tests = unlessTemplate(listOf(anyOf(text, mapping), 'unique'))
const constraintType = oneOf('check', 'not_null', 'unique', 'primary_key', 'foreign_key', 'custom')
const tags = unlessTemplate(listOf(text, 'nightly'))

const described: Checks = {
  description: text,
  meta: unlessTemplate(mapping),
  docs: unlessTemplate(withKeys({ show: unlessTemplate(boolean), node_color: optional(text) })),
  config,
  constraints: unlessTemplate(listOf(withKeys({ type: constraintType }, ['type']), 'type: not_null')),
}

const column: Checks = {
  ...described,
  name: text,
  data_type: optional(text),
  data_tests: tests,
  tests,
  quote: optional(unlessTemplate(boolean)),
  tags,
  granularity: optional(text),
}
const columns = listOf(withKeys(column, ['name']), 'name: id')

const tested: Checks = { ...described, data_tests: tests, tests, columns }
const node: Checks = { ...tested, quote_columns: optional(unlessTemplate(boolean)) }

const version: Checks = {
  ...described,
  v: number,
  defined_in: optional(text),
  data_tests: optional(tests),
  tests: optional(tests),
  columns: listOf(anyOf(withKeys(column, ['name']), withKeys({}, ['include'])), 'name: id'),
}

/** What the keys of an entry must be; other keys may be anything, or are looked at where they are read. */
const checksOf: Readonly<Record<string, Checks>> = {
  models: {
    ...node,
    latest_version: optional(number),
    versions: listOf(withKeys(version, ['v']), 'v: 1'),
  },
  seeds: node,
  snapshots: node,
  analyses: { ...described, columns },
  data_tests: described,
  macros: {
    ...described,
    arguments: listOf(withKeys({ name: text, type: optional(text), description: text }, ['name']), 'name: column'),
  },
  sources: {
    description: text,
    meta: unlessTemplate(mapping),
    config,
    tags,
    tables: listOf(withKeys({ ...tested, name: text, tags, identifier: optional(text) }, ['name']), 'name: orders'),
  },
}

/** What dbt's schema of such an entry refuses, the first thing for each key. */
export const problemsOfEntry = (kind: string, values: Readonly<Record<string, unknown>>): Problem[] =>
  problemsOf(values, checksOf[kind] ?? {})
