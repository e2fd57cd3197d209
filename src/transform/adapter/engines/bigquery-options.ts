import { type JinjaCallable, PyDict, PyTuple, pairs, str, truthy } from '../../../jinja/index.js'
import { transformErrors } from '../../errors.js'

/** The config of a node, the object of the context or a dict. */
type Config = (key: string) => unknown

export function configOf(config: unknown): Config {
  const get = (config as { jinjaAttribute?: (name: string) => unknown } | null)?.jinjaAttribute?.('get') as
    | JinjaCallable
    | undefined
  if (get?.jinjaCall) return (key) => (get.jinjaCall([key], null) as unknown) ?? null
  const entries = new Map(pairs(config ?? {}).map(([key, value]) => [str(key), value]))
  return (key) => entries.get(key) ?? null
}

const persistsRelationDocs = (config: Config): boolean => truthy(entryOf(config('persist_docs'), 'relation'))

export function entryOf(mapping: unknown, key: string): unknown {
  if (mapping === null || mapping === undefined) return null
  return new Map(pairs(mapping).map(([name, value]) => [str(name), value])).get(key) ?? null
}

/** A text between three quotes. */
export const escapedText = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^\0-\x7f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

const listOfPairs = (mapping: unknown) => pairs(mapping).map(([key, value]) => PyTuple.fromArray([str(key), value]))

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#table_option_list */
export function commonOptions(given: unknown, node: unknown, isTemporary: boolean): PyDict {
  const config = configOf(given)
  const options = new PyDict()
  const hours = config('hours_to_expiration')
  if (hours !== null && !isTemporary)
    options.set('expiration_timestamp', `TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL ${str(hours)} hour)`)
  const description = entryOf(node, 'description')
  if (persistsRelationDocs(config) && description !== null)
    options.set('description', `"""${escapedText(str(description))}"""`)
  const labels = new PyDict()
  if (truthy(config('labels_from_meta')))
    for (const [key, value] of pairs(config('meta') ?? {})) labels.set(str(key), value)
  for (const [key, value] of pairs(config('labels') ?? {})) labels.set(str(key), value)
  if (pairs(labels).length > 0) options.set('labels', listOfPairs(labels))
  const tags = config('resource_tags')
  if (truthy(tags)) options.set('tags', listOfPairs(tags))
  return options
}

export function tableOptions(given: unknown, node: unknown, isTemporary: boolean): PyDict {
  const config = configOf(given)
  const options = commonOptions(given, node, isTemporary)
  const key = config('kms_key_name')
  if (key !== null) options.set('kms_key_name', `'${str(key)}'`)
  if (isTemporary) {
    options.set('expiration_timestamp', 'TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 12 hour)')
    return options
  }
  // A table of a run that is read as a whole would need a filter otherwise.
  if (config('partition_by') !== null) setIfSaid(options, config, 'require_partition_filter')
  setIfSaid(options, config, 'partition_expiration_days')
  setIfSaid(options, config, 'enable_change_history')
  return options
}

const setIfSaid = (options: PyDict, config: Config, key: string) => {
  const value = config(key)
  if (value !== null) options.set(key, value)
}

/** @throws TRANSFORM_COMPILE */
export function viewOptions(config: unknown, node: unknown): PyDict {
  if (truthy(configOf(config)('enable_change_history')))
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: '`enable_change_history` is not supported for views on BigQuery.',
      data: { config: ['enable_change_history'] },
    })
  return commonOptions(config, node, false)
}

/** Options of a materialized view, as its config says them. */
export function materializedViewOptions(given: unknown, node: unknown): PyDict {
  const config = configOf(given)
  const options = new PyDict()
  const refreshes = config('enable_refresh') ?? true
  options.set('enable_refresh', refreshes)
  if (truthy(refreshes)) {
    options.set('refresh_interval_minutes', config('refresh_interval_minutes') ?? 30)
    setIfSaid(options, config, 'max_staleness')
  }
  const common = commonOptions(given, node, false)
  for (const [key, value] of pairs(common)) options.set(str(key), value)
  const key = config('kms_key_name')
  if (key !== null) options.set('kms_key_name', `'${str(key)}'`)
  return options
}
