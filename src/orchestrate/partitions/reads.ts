import type { AssetKey, AssetSpec, PartitionMapping, PartitionsSpec, SimpleMapping } from '../contract/index.js'
import { isAlike } from './alike.js'

/** In which ways an asset reads another one, or earlier partitions of itself. Undefined is the usual way: what has the same key, or time. */
export function mappingsOf(
  { partitionMappings = {}, inputs = {} }: Pick<AssetSpec, 'partitionMappings' | 'inputs'>,
  read: AssetKey,
): readonly (PartitionMapping | undefined)[] {
  const ofInputs = Object.values(inputs).flatMap(({ asset, mapping }) => (asset === read ? [mapping] : []))
  const own = partitionMappings[read]
  return own || ofInputs.length === 0 ? [own, ...ofInputs] : ofInputs
}

/** Whether each partition reads the one of the same key, and no other. */
export function readsSame(
  downstream: PartitionsSpec | undefined,
  upstream: PartitionsSpec | undefined,
  mapping: PartitionMapping | undefined,
): boolean {
  if (!downstream || !isAlike(downstream, upstream)) return false
  if (mapping?.type !== 'multi') return isSame(mapping)
  const links = Object.entries(mapping.dimensions)
  const dimensions = downstream.type === 'multi' ? Object.keys(downstream.dimensions) : []
  return (
    links.length === dimensions.length &&
    links.every(([name, { dimension, mapping: own }]) => name === dimension && isSame(own))
  )
}

const isSame = (mapping: SimpleMapping | undefined): boolean =>
  !mapping ||
  mapping.type === 'identity' ||
  (mapping.type === 'timeWindow' && mapping.startOffset === 0 && mapping.endOffset === 0)

/** Whether partitions read only such as come before them in time: an asset may read itself so. */
export function readsEarlier(spec: PartitionsSpec | undefined, mapping: PartitionMapping | undefined): boolean {
  const isEarlier = (of: PartitionsSpec | undefined, own: SimpleMapping | undefined) =>
    of?.type === 'time' && own?.type === 'timeWindow' && own.startOffset <= own.endOffset && own.endOffset < 0
  if (mapping?.type !== 'multi') return isEarlier(spec, mapping)
  return (
    spec?.type === 'multi' &&
    Object.entries(mapping.dimensions).some(
      ([name, { dimension, mapping: own }]) => name === dimension && isEarlier(spec.dimensions[name], own),
    )
  )
}
