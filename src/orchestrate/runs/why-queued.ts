import { plural } from '../../base/index.js'
import type { Definitions, Run, RunLimits } from '../contract/index.js'
import type { RunSlots } from '../limits/run-slots.js'
import { whyStanding } from '../limits/standing-runs.js'
import { limitThatHolds } from '../limits/tag-limits.js'
import type { PoolRoom } from './pool-room.js'

export interface QueueFacts {
  /** Runs that were taken from the queue and have not ended. */
  readonly going: readonly Run[]
  /** Those that wait, in the order in which they are taken. */
  readonly queued: readonly Run[]
  readonly limits: Pick<RunLimits, 'tags'>
  readonly slots: RunSlots
  /** The project as it was published last; left out where it never was. */
  readonly definitions?: Definitions | undefined
  /** Left out where the project has no pools. */
  readonly room?: Pick<PoolRoom, 'fullFor'> | undefined
}

/**
 * Why a queued run does not start, in words.
 * @param before how many are taken before it, where those that wait are more than the facts list
 */
export function whyQueued(run: Run, facts: QueueFacts, before = placeIn(facts.queued, run)): string {
  const { going, limits, slots, definitions, room } = facts
  if (slots.workers === 0) return nobodyWords(slots)
  const standing = definitions && whyStanding(definitions, run)
  if (standing !== undefined) return standing
  const held = limitThatHolds(run, going, limits.tags)
  if (held !== undefined) return held
  const { sequenceKey } = run
  if (sequenceKey !== undefined && going.some((one) => one.sequenceKey === sequenceKey))
    return 'the run before it in its sequence is going on (overlap: queue)'
  const full = room?.fullFor(run)
  if (full)
    return `all that it could begin with waits for places in ${full.length === 1 ? 'a pool' : 'pools'}: ${full.join(', ')}`
  const { workers, taken, total } = slots
  const free = Math.max(0, total - taken)
  if (before > 0 && before >= free && free > 0)
    return `it waits for its turn: ${before} ${before === 1 ? 'waits' : 'wait'} before it, and ${free} of ${plural(total, 'slot')} ${free === 1 ? 'is' : 'are'} free`
  if (free === 0)
    return `it waits for a free slot: ${plural(workers, 'worker')}${lostWords(slots)}, ${taken} of ${plural(total, 'slot')} taken${before > 0 ? `, and ${before} wait before it` : ''}`
  return 'it is about to be taken'
}

const placeIn = (queued: readonly Run[], { id }: Run) => queued.findIndex((one) => one.id === id)

/** Why a run that was taken from the queue does not go on, where its worker is lost. */
export const whyAbandoned = (slots: RunSlots): string =>
  slots.workers === 0
    ? `its worker was lost, and ${nobodyWords(slots)}`
    : 'its worker was lost: the next one with a free slot takes it up'

const nobodyWords = (slots: RunSlots) => `no worker claims runs${lostWords(slots)}: start \`millrace worker\``
const lostWords = ({ lost }: RunSlots) => (lost === 0 ? '' : ` (${lost} lost)`)
