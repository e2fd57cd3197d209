import { MillraceError } from '../../../base/index.js'
import type { Connection, ConnectionStream, SyncReach } from '../../../extract-load/index.js'
import { type AssetSpec, orchestrateErrors, PartitionSet, partitionSpace } from '../../../orchestrate/index.js'
import { partitionsOf } from './written-partitions.js'

/**
 * How the asset of a stream is cut. Partitions that lie side by side are read at once; without a choice the sync tells which it made.
 * @throws PARTITIONS_INVALID, where they stand in the connection's file
 */
export function streamPartitions(
  connection: Connection,
  { name, partitions }: ConnectionStream,
): Pick<AssetSpec, 'partitions' | 'makesPartitions' | 'choosesPartitions'> {
  if (!partitions) return {}
  try {
    return { partitions: partitionsOf(partitions), makesPartitions: 'together', choosesPartitions: true }
  } catch (thrown) {
    throw orchestrateErrors.create('PARTITIONS_INVALID', {
      message: `The partitions of the stream \`${name}\`: ${(thrown as Error).message}`,
      hint: thrown instanceof MillraceError ? thrown.hint : undefined,
      at: connection.locate?.(['streams', name, 'partitions']) ?? { file: connection.file },
    })
  }
}

/**
 * The partitions that an ordinary sync made: all of them where it read everything; else those that its rows came to, and those that ended
 * since the sync before it. Of windows only those that have ended are made.
 */
export function partitionsReached(spec: NonNullable<AssetSpec['partitions']>, reach: SyncReach): string[] {
  const space = partitionSpace(spec, { now: new Date(reach.until), dynamicKeys: new Map() })
  const keysOf = (set: PartitionSet) => [...set.indexes()].map((index) => space.keyAt(index))
  if (reach.isWhole) return keysOf(PartitionSet.first(space.size))
  if (spec.type !== 'time') return reach.touched.filter((key) => space.indexOf(key) !== undefined)
  const ended = partitionSpace(spec, { now: new Date(reach.since ?? reach.until), dynamicKeys: new Map() }).size
  const windows = space.dimensions[0]?.space.windows
  const touched = reach.touched.flatMap((text) => (isTime(text) ? (windows?.indexAt(text, space.size) ?? []) : []))
  return keysOf(
    PartitionSet.of([[Math.min(ended, space.size), space.size], ...touched.map((at) => [at, at + 1] as const)]),
  )
}

/** No `infinity`, and nothing before our era. */
const isTime = (text: string) => /^\d{4}-\d\d-\d\d(?:T\d\d:\d\dZ?)?$/.test(text)
