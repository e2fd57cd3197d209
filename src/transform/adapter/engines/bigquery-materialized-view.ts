import { PyDict, pairs, str, truthy } from '../../../jinja/index.js'
import { configOf, entryOf, materializedViewOptions } from './bigquery-options.js'
import { Partition } from './bigquery-partition.js'

const plain = (value: unknown): string => (value === null || value === undefined ? '' : str(value))
const sortedPairs = (mapping: unknown): string =>
  (mapping === null ? [] : pairs(mapping).map(([key, value]) => `${str(key)}=${plain(value)}`)).sort().join(',')

/**
 * What of a materialized view is another than its config says: its options can be changed in place, its partitions and clusters not.
 * @param found what BigQuery's API says of it
 */
export function materializedViewChanges(found: unknown, model: unknown): PyDict | null {
  if (found === null || found === undefined) return null
  const given = entryOf(model, 'config') ?? new PyDict()
  const config = configOf(given)
  const definition = entryOf(found, 'materializedView')
  const refreshes = truthy(config('enable_refresh') ?? true)
  const minutes = (ms: unknown) => (ms === null ? '30' : String(Number(str(ms)) / 60_000))
  const isOther =
    refreshes !== truthy(entryOf(definition, 'enableRefresh') ?? true) ||
    (refreshes &&
      minutes(entryOf(definition, 'refreshIntervalMs')) !==
        String(Number(plain(config('refresh_interval_minutes') ?? 30)))) ||
    plain(config('kms_key_name')) !== plain(entryOf(entryOf(found, 'encryptionConfiguration'), 'kmsKeyName')) ||
    sortedPairs(config('labels')) !== sortedPairs(entryOf(found, 'labels'))
  const isMade = isPlacedOtherwise(found, config)
  if (!isOther && !isMade) return null
  return PyDict.from([
    ['options', PyDict.from([['context', materializedViewOptions(given, model)]])],
    ['requires_full_refresh', isMade],
    ['has_changes', true],
  ])
}

function isPlacedOtherwise(found: unknown, config: (key: string) => unknown): boolean {
  const wanted = Partition.parse(config('partition_by'))
  const time = entryOf(found, 'timePartitioning')
  const range = entryOf(found, 'rangePartitioning')
  const present = plain(entryOf(time ?? range, 'field')).toLowerCase()
  const granularity = plain(entryOf(time, 'type')).toLowerCase()
  const isPartitioned = (wanted?.field ?? '') !== present || (time !== null && wanted?.granularity !== granularity)
  const clusters = config('cluster_by')
  const list = clusters === null ? [] : typeof clusters === 'string' ? [clusters] : pairsOrItems(clusters)
  const kept = entryOf(entryOf(found, 'clustering'), 'fields')
  const fields = kept === null ? [] : pairsOrItems(kept)
  return isPartitioned || [...list].sort().join() !== [...fields].sort().join()
}

const pairsOrItems = (value: unknown): string[] => (Array.isArray(value) ? value.map(str) : [str(value)])
