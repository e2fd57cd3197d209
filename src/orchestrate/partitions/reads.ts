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

/**
 * Whether partitions read only such as come before them, in time and in their order: an asset may read itself so. Of several
 * dimensions the one of time is to be the first by name, or the others are read by their own key.
 */
export function readsEarlier(spec: PartitionsSpec | undefined, mapping: PartitionMapping | undefined): boolean {
  if (mapping?.type !== 'multi') return isEarlier(spec, mapping)
  if (spec?.type !== 'multi') return false
  const { dimensions } = mapping
  const names = Object.keys(spec.dimensions).sort()
  const isOwn = (name: string) => dimensions[name]?.dimension === name
  const time = names.find((name) => isOwn(name) && isEarlier(spec.dimensions[name], dimensions[name]?.mapping))
  if (time === undefined) return false
  return time === names[0] || names.every((name) => name === time || (isOwn(name) && isSame(dimensions[name]?.mapping)))
}

const isEarlier = (spec: PartitionsSpec | undefined, mapping: SimpleMapping | undefined): boolean =>
  spec?.type === 'time' &&
  mapping?.type === 'timeWindow' &&
  mapping.startOffset <= mapping.endOffset &&
  mapping.endOffset < 0
