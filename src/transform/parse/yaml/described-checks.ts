import type { Checks } from '../../value-checks.js'
import {
  anyOf,
  boolean,
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

const tests = listOf(anyOf(text, mapping), 'unique')
const constraintType = oneOf('check', 'not_null', 'unique', 'primary_key', 'foreign_key', 'custom')

/** What everything that has columns, and every column, may say about itself. */
export const described: Checks = {
  description: text,
  meta: mapping,
  docs: only({ show: boolean, node_color: maybeText }),
  config: mapping,
  constraints: listOf(withKeys({ type: constraintType }, ['type']), 'type: not_null'),
}

const element: Checks = { name: maybeText, type: text, description: maybeText, label: maybeText, config: mapping }
/** From when to when a row held. */
export const validity = optional(only({ is_start: boolean, is_end: boolean }))

export const column: Checks = {
  ...described,
  config: withKeys({ tags: anyOf(text, texts('nightly')) }),
  name: text,
  data_type: maybeText,
  data_tests: tests,
  tests,
  quote: maybeBoolean,
  tags: texts('nightly'),
  granularity: maybeText,
  dimension: optional(anyOf(text, only({ ...element, is_partition: boolean, validity_params: validity }, ['type']))),
  entity: optional(anyOf(text, only(element, ['type']))),
}

export const tested: Checks = {
  ...described,
  data_tests: tests,
  tests,
  columns: listOf(withKeys(column, ['name']), 'name: id'),
}
