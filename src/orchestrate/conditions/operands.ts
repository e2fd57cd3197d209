import type { AssetKey, ConditionOperand } from '../contract/index.js'
import { PartitionSet } from '../partitions/partition-set.js'
import { boxed } from '../partitions/partition-space.js'
import { ticksBetween } from '../schedules/cron.js'
import type { ConditionFacts } from './facts.js'
import { isMadeTogether, latestPartitions } from './links.js'
import type { Times } from './times.js'

/** Of what something is asked: an asset, or one of its checks. */
export interface Target {
  readonly asset: AssetKey
  readonly check?: string | undefined
}

/** What an operand is asked in: the asset whose condition it is, and what was requested. */
export interface Surroundings {
  readonly facts: ConditionFacts
  readonly root: AssetKey
  readonly isInitial: boolean
  /** In this evaluation. */
  requested(asset: AssetKey): PartitionSet
  /** In the one before. */
  requestedBefore(asset: AssetKey): PartitionSet
}

export interface Found {
  readonly set: PartitionSet
  readonly times?: Times | undefined
}

const whole = PartitionSet.first(1)
const { none } = PartitionSet
const when = (holds: boolean, set: PartitionSet): Found => ({ set: holds ? set : none })

type Stateless = Exclude<ConditionOperand, { type: 'codeVersionChanged' }>

/** For which of some partitions it holds. */
export function operandHolds(
  condition: Stateless,
  target: Target,
  candidates: PartitionSet,
  around: Surroundings,
): Found {
  const found =
    target.check === undefined
      ? ofAsset(condition, target.asset, candidates, around)
      : ofCheck(condition, target, around)
  return { ...found, set: found.set.intersection(candidates) }
}

function ofAsset(condition: Stateless, asset: AssetKey, candidates: PartitionSet, around: Surroundings): Found {
  const { facts, root } = around
  switch (condition.type) {
    case 'missing':
      return { set: candidates.without(facts.made(asset)) }
    case 'runInProgress':
      return { set: facts.runInProgress(asset) }
    case 'backfillInProgress':
      return { set: facts.backfillInProgress(asset) }
    case 'executionFailed':
      return { set: facts.failed(asset) }
    case 'newlyUpdated':
      return updated(around, asset, () => true)
    case 'dataVersionChanged':
      return updated(around, asset, ({ hasChanged }) => hasChanged)
    case 'newlyRequested': {
      const set = around.requestedBefore(asset)
      return set.isEmpty || !facts.previousAt ? { set } : { set, times: [{ atMs: facts.previousAt.getTime(), set }] }
    }
    case 'willBeRequested':
      return when(asset === root || canJoin(facts, root, asset), around.requested(asset))
    case 'initialEvaluation':
      return when(around.isInitial, candidates)
    case 'executedWithRootTarget':
      return { set: lastRuns(facts, asset, (run) => asset !== root && run.targets.has(root)) }
    case 'executedWithTags':
      return {
        set: lastRuns(facts, asset, ({ tags }) =>
          Object.entries(condition.tags).every(([key, value]) =>
            value === null ? tags[key] !== undefined : tags[key] === value,
          ),
        ),
      }
    case 'cronTickPassed':
      return ticked(around, condition, candidates)
    case 'inLatestTimeWindow': {
      const space = facts.space(asset)
      return { set: space ? boxed(space, latestPartitions(space, condition.lookbackMs)) : whole }
    }
    case 'freshness':
      return when(facts.freshness(asset) === condition.state, candidates)
    // Asked of an asset they mean nothing.
    default:
      return { set: none }
  }
}

/** A check has no partitions, and is evaluated whenever its asset is made. */
function ofCheck(condition: Stateless, { asset, check = '' }: Target, around: Surroundings): Found {
  const { facts } = around
  const known = facts.check(asset, check)
  switch (condition.type) {
    case 'missing':
      return when(!known, whole)
    case 'checkPassed':
      return when(known?.isOfLatest === true && known.passed, whole)
    case 'checkFailed':
    case 'executionFailed':
      return when(known?.isOfLatest === true && !known.passed, whole)
    case 'newlyUpdated':
    case 'dataVersionChanged':
      return when(!isFirstLook(around) && known?.isNew === true, whole)
    case 'cronTickPassed':
      return ticked(around, condition, whole)
    case 'executedWithRootTarget':
    case 'executedWithTags':
    case 'freshness':
      return { set: none }
    default:
      return when(!ofAsset(condition, asset, whole, around).set.isEmpty, whole)
  }
}

/** Nothing is new to whoever looks for the first time. */
const isFirstLook = ({ facts, isInitial }: Surroundings) => isInitial || !facts.previousAt

function updated(around: Surroundings, asset: AssetKey, counts: (update: { hasChanged: boolean }) => boolean): Found {
  if (isFirstLook(around)) return { set: none }
  const updates = around.facts.updates(asset).filter(counts)
  return {
    set: PartitionSet.of(updates.flatMap(({ partitions }) => partitions.ranges)),
    times: updates.map(({ atMs, partitions }) => ({ atMs, set: partitions })),
  }
}

function ticked(
  around: Surroundings,
  { cron, timezone }: Extract<ConditionOperand, { type: 'cronTickPassed' }>,
  set: PartitionSet,
): Found {
  const { previousAt, now } = around.facts
  if (isFirstLook(around) || !previousAt) return { set: none }
  const [tick] = ticksBetween(cron, timezone, previousAt, now, 1)
  return tick ? { set, times: [{ atMs: tick.getTime(), set }] } : { set: none }
}

function canJoin(facts: ConditionFacts, root: AssetKey, asset: AssetKey): boolean {
  const [reader, read] = [facts.asset(root), facts.asset(asset)]
  return reader !== undefined && read !== undefined && isMadeTogether(reader, read)
}

function lastRuns(
  facts: ConditionFacts,
  asset: AssetKey,
  matches: (run: NonNullable<ReturnType<ConditionFacts['run']>>) => boolean,
): PartitionSet {
  const found = facts.lastRuns(asset).filter(({ runId }) => {
    const run = facts.run(runId)
    return run !== undefined && matches(run)
  })
  return PartitionSet.of(found.flatMap(({ partitions }) => partitions.ranges))
}
