import { isDeepStrictEqual } from 'node:util'
import type { PartitionMapping, PartitionsSpec, SimpleMapping, TimePartitions } from '../contract/index.js'
import { PartitionSet } from './partition-set.js'
import {
  type Box,
  boxed,
  boxes,
  type PartitionSpace,
  type SimpleSpace,
  setOfKeys,
  timeWindows,
} from './partition-space.js'
import type { TimeWindow } from './time-windows.js'

/** How one dimension of what is read follows from one of what reads it; the name is empty where there are none. */
interface Link {
  readonly upstream: string
  readonly downstream: string
  readonly mapping: SimpleMapping
}

/** The partitions that some partitions of an asset read of another; those that are not there are left out. */
export function upstreamPartitions(
  set: PartitionSet,
  downstream: PartitionSpace,
  upstream: PartitionSpace,
  mapping?: PartitionMapping,
): PartitionSet {
  const whole = wholeMapping(upstream, mapping)
  if (whole) return set.isEmpty ? PartitionSet.none : whole
  return throughBoxes(set, downstream, upstream, linksOf(mapping, downstream.spec, upstream.spec), {
    from: 'downstream',
    mapped: (link, [down, up], part) => upstreamOf(link.mapping, down, up, part),
  })
}

/** The other way round: the partitions of an asset that read some partitions of another. */
export function downstreamPartitions(
  set: PartitionSet,
  downstream: PartitionSpace,
  upstream: PartitionSpace,
  mapping?: PartitionMapping,
): PartitionSet {
  const whole = wholeMapping(upstream, mapping)
  if (whole) return set.intersection(whole).isEmpty ? PartitionSet.none : PartitionSet.first(downstream.size)
  return throughBoxes(set, upstream, downstream, linksOf(mapping, downstream.spec, upstream.spec), {
    from: 'upstream',
    mapped: (link, [up, down], part) => downstreamOf(link.mapping, down, up, part),
  })
}

/** What every partition reads, whichever it is. */
export function wholeMapping(
  upstream: PartitionSpace,
  mapping: PartitionMapping | undefined,
): PartitionSet | undefined {
  if (mapping?.type === 'all') return PartitionSet.first(upstream.size)
  if (mapping?.type === 'last') return PartitionSet.of([[Math.max(0, upstream.size - 1), upstream.size]])
  if (mapping?.type === 'specific') return setOfKeys(upstream, mapping.keys)
  return undefined
}

/** Dimensions that are the same on both sides belong together; what has none reads what has the same key, or time. */
function linksOf(mapping: PartitionMapping | undefined, downstream: PartitionsSpec, upstream: PartitionsSpec): Link[] {
  if (mapping?.type === 'multi')
    return Object.entries(mapping.dimensions).map(([name, { dimension, mapping: own }]) => ({
      upstream: upstream.type === 'multi' ? name : '',
      downstream: downstream.type === 'multi' ? dimension : '',
      mapping: own ?? { type: 'identity' },
    }))
  if (mapping && downstream.type !== 'multi' && upstream.type !== 'multi')
    return [{ upstream: '', downstream: '', mapping: mapping as SimpleMapping }]
  const links: Link[] = []
  for (const [up, upSpec] of dimensionsOf(upstream)) {
    const found = dimensionsOf(downstream).filter(
      ([down, spec]) =>
        (down === up && (down === '' || spec.type === upSpec.type)) ||
        ((down === '' || up === '') && isDeepStrictEqual(spec, upSpec)),
    )
    const [[down, spec] = []] = found
    if (found.length !== 1 || down === undefined || spec === undefined) continue
    const isTime = spec.type === 'time' && upSpec.type === 'time'
    const own: SimpleMapping = isTime ? { type: 'timeWindow', startOffset: 0, endOffset: 0 } : { type: 'identity' }
    links.push({ upstream: up, downstream: down, mapping: own })
  }
  return links
}

const dimensionsOf = (spec: PartitionsSpec) =>
  spec.type === 'multi' ? Object.entries(spec.dimensions) : [['', spec] as const]

interface Direction {
  readonly from: 'downstream' | 'upstream'
  readonly mapped: (link: Link, spaces: readonly [SimpleSpace, SimpleSpace], part: PartitionSet) => PartitionSet
}

/** A dimension of the target that no link leads to is taken as a whole; one that several lead to as what all of them say. */
function throughBoxes(
  set: PartitionSet,
  source: PartitionSpace,
  target: PartitionSpace,
  links: readonly Link[],
  { from, mapped }: Direction,
): PartitionSet {
  const to = from === 'downstream' ? 'upstream' : 'downstream'
  const parts: PartitionSet[] = []
  for (const box of boxes(source, set)) {
    const found: Box = target.dimensions.map(({ name, space }) => {
      let inside = PartitionSet.first(space.size)
      for (const link of links) {
        const place = source.dimensions.findIndex((one) => one.name === link[from])
        const part = box[place]
        const own = source.dimensions[place]?.space
        if (link[to] === name && part && own) inside = inside.intersection(mapped(link, [own, space], part))
      }
      return inside
    })
    parts.push(boxed(target, found))
  }
  return PartitionSet.of(parts.flatMap(({ ranges }) => ranges))
}

function upstreamOf(mapping: SimpleMapping, down: SimpleSpace, up: SimpleSpace, set: PartitionSet): PartitionSet {
  switch (mapping.type) {
    case 'identity':
      return sameKeys(down, up, set)
    case 'timeWindow':
      return shiftedWindows(down, up, set, mapping)
    case 'static':
      return partners(
        keyPairs(mapping).map(([key, reader]) => [reader, key]),
        down,
        up,
        set,
      )
    default:
      return set.isEmpty ? PartitionSet.none : (wholeMapping(up, mapping) as PartitionSet)
  }
}

function downstreamOf(mapping: SimpleMapping, down: SimpleSpace, up: SimpleSpace, set: PartitionSet): PartitionSet {
  switch (mapping.type) {
    case 'identity':
      return sameKeys(up, down, set)
    case 'timeWindow':
      return windowsThatRead(down, up, set, mapping)
    case 'static':
      return partners(keyPairs(mapping), up, down, set)
    default:
      return (wholeMapping(up, mapping) as PartitionSet).intersection(set).isEmpty
        ? PartitionSet.none
        : PartitionSet.first(down.size)
  }
}

type KeyPair = readonly [from: string, to: string]

/** Each key that is read, with each that reads it. */
const keyPairs = ({ downstreamByUpstream }: Extract<SimpleMapping, { type: 'static' }>): KeyPair[] =>
  Object.entries(downstreamByUpstream).flatMap(([key, readers]) => readers.map((reader) => [key, reader] as const))

/** Where pairs of keys lead from a set. */
function partners(pairs: readonly KeyPair[], from: SimpleSpace, to: SimpleSpace, set: PartitionSet): PartitionSet {
  const isIn = (index: number | undefined) => index !== undefined && set.has(index)
  return setOfKeys(
    to,
    pairs.flatMap(([key, other]) => (isIn(from.indexOf(key)) ? [other] : [])),
  )
}

function sameKeys(from: SimpleSpace, to: SimpleSpace, set: PartitionSet): PartitionSet {
  if (isDeepStrictEqual(from.spec, to.spec)) return set.intersection(PartitionSet.first(to.size))
  return setOfKeys(
    to,
    [...set.indexes()].map((index) => from.keyAt(index)),
  )
}

interface Offsets {
  readonly startOffset: number
  readonly endOffset: number
}

/** Windows that come before the first one of a definition, or after the last that there is: what offsets may lead to. */
class Around {
  readonly #windows: ReturnType<typeof timeWindows>
  readonly #lead: number

  constructor(spec: TimePartitions, lead: number) {
    const own = timeWindows(spec)
    const { start, end } = own.windowAt(0)
    // No window of a regular definition is more than half as long again as another: months, days with 25 hours.
    const backMs = (lead + 1) * 1.5 * (end.getTime() - start.getTime()) + dayMs
    const earlier = new Date(start.getTime() - backMs).toISOString().slice(0, 16)
    this.#windows = timeWindows({ ...spec, start: lead === 0 ? spec.start : earlier, end: undefined })
    this.#windows.countAt(end.getTime())
    this.#lead = this.#windows.overlapping({ start, end: new Date(start.getTime() + 1) }, Number.POSITIVE_INFINITY)[0]
  }

  windowAt(index: number): TimeWindow {
    return this.#windows.windowAt(index + this.#lead)
  }

  overlapping(window: TimeWindow): readonly [from: number, to: number] {
    this.#windows.countAt(window.end.getTime())
    const [from, to] = this.#windows.overlapping(window, Number.POSITIVE_INFINITY)
    return [from - this.#lead, to - this.#lead]
  }
}

const dayMs = 86_400_000

/** The windows of `up` that have something in common with those of `down`, from the first with its offset to the last with its. */
function shiftedWindows(down: SimpleSpace, up: SimpleSpace, set: PartitionSet, offsets: Offsets): PartitionSet {
  if (down.spec.type !== 'time' || !up.windows || down.size === 0) return PartitionSet.none
  const around = new Around(down.spec, Math.max(0, -offsets.startOffset, -offsets.endOffset))
  const { windows, size } = up
  return PartitionSet.of(
    set.ranges.map(([from, to]) => {
      const { start } = around.windowAt(from + offsets.startOffset)
      const { end } = around.windowAt(to - 1 + offsets.endOffset)
      return windows.overlapping({ start, end }, size)
    }),
  )
}

function windowsThatRead(down: SimpleSpace, up: SimpleSpace, set: PartitionSet, offsets: Offsets): PartitionSet {
  if (down.spec.type !== 'time' || !up.windows || down.size === 0) return PartitionSet.none
  const around = new Around(down.spec, Math.max(0, -offsets.startOffset, -offsets.endOffset) + 1)
  const { windows } = up
  return PartitionSet.of(
    set.ranges.map(([from, to]) => {
      const { start } = windows.windowAt(from)
      const { end } = windows.windowAt(to - 1)
      const [first, last] = around.overlapping({ start, end })
      return [first - offsets.endOffset, last - offsets.startOffset] as const
    }),
  ).intersection(PartitionSet.first(down.size))
}
