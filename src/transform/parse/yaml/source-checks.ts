import { type Checks, keyed } from '../../value-checks.js'
import { tested } from './described-checks.js'
import {
  anyOf,
  integer,
  listOf,
  mapping,
  maybeBoolean,
  maybeText,
  oneOf,
  only,
  optional,
  text,
  texts,
  withKeys,
} from './late-checks.js'

/** Adapters have names of their own for where a table lies. */
const places = ['database', 'schema', 'dbname', 'project', 'dataset', 'catalog']

const threshold = optional(only({ count: optional(integer), period: optional(oneOf('minute', 'hour', 'day')) }))
const read: Checks = {
  loaded_at_field: maybeText,
  loaded_at_query: maybeText,
  freshness: optional(only({ warn_after: threshold, error_after: threshold, filter: maybeText })),
}
const quoting = only(keyed([...places, 'identifier', 'column'], maybeBoolean))
const tags = texts('nightly')
const partition = anyOf(withKeys({ name: text, description: text, data_type: text, meta: mapping }), text)
const external = optional(
  withKeys({
    location: maybeText,
    file_format: maybeText,
    row_format: maybeText,
    tbl_properties: maybeText,
    partitions: optional(listOf(partition, 'name: day')),
  }),
)

const table: Checks = { ...tested, ...read, name: text, identifier: maybeText, quoting, external, tags }
const source: Checks = {
  name: text,
  loaded_at_field_present: maybeBoolean,
  ...read,
  ...keyed(places, maybeText),
  description: text,
  meta: mapping,
  config: mapping,
  quoting,
  loader: text,
  tags,
}

const allOptional = (checks: Checks): Checks =>
  Object.fromEntries(Object.entries(checks).map(([key, check]) => [key, optional(check)]))

export const sourceChecks: Checks = { ...source, tables: optional(listOf(withKeys(table, ['name']), 'name: orders')) }

/** An entry that changes a source of another package leaves out what it leaves alone. */
export const sourceOverrideChecks: Checks = {
  ...allOptional(source),
  overrides: text,
  tables: optional(listOf(withKeys(allOptional(table), ['name']), 'name: orders')),
}
