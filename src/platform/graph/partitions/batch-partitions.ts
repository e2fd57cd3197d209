import type { AssetSpec, TimePartitions } from '../../../orchestrate/index.js'
import { type BatchSize, type ManifestNode, modelBatches } from '../../../transform/index.js'

const cadences: Readonly<Record<BatchSize, { readonly cron: string; readonly format: string }>> = {
  hour: { cron: '0 * * * *', format: '%Y-%m-%d-%H:%M' },
  day: { cron: '0 0 * * *', format: '%Y-%m-%d' },
  month: { cron: '0 0 1 * *', format: '%Y-%m-%d' },
  year: { cron: '0 0 1 1 *', format: '%Y-%m-%d' },
}

/**
 * The batches of a microbatch model are partitions of its asset, with the one that is going on, which dbt makes too. Without a
 * choice dbt knows which of them to make.
 */
export function batchPartitions(
  node: ManifestNode,
): Pick<AssetSpec, 'partitions' | 'makesPartitions' | 'choosesPartitions'> {
  const batches = modelBatches(node)
  if (!batches) return {}
  const partitions: TimePartitions = {
    type: 'time',
    ...cadences[batches.size],
    timezone: 'UTC',
    start: new Date(batches.startMs).toISOString().slice(0, 16),
    endOffset: 1,
  }
  return { partitions, makesPartitions: 'together', choosesPartitions: true }
}

/** The key of the batch that begins at a time. */
export function batchKey(size: BatchSize, startMs: number): string {
  const [day = '', time = ''] = new Date(startMs).toISOString().split('T')
  return size === 'hour' ? `${day}-${time.slice(0, 5)}` : day
}
