import { splitOutsideQuotes } from '../../base/index.js'
import { withParts } from '../conditions/structure.js'
import type { AutomationCondition, FreshnessPolicy, FreshnessState, PlainOperand } from '../contract/index.js'
import { nextTicks } from '../schedules/cron.js'
import { durationMs } from './duration.js'
import { invalid } from './require.js'
import type { AssetName, MaybeOpen } from './tables.js'

/**
 * When an asset is to be made, made of smaller conditions. What Dagster calls `AutomationCondition`: the same operands,
 * operators and composites, with `and`, `or` and `not` as methods.
 */
export class Condition {
  /** The same as plain data. */
  readonly spec: AutomationCondition

  constructor(spec: AutomationCondition) {
    this.spec = spec
  }

  and(...others: readonly Condition[]): Condition {
    return joined('and', [this, ...others])
  }
  or(...others: readonly Condition[]): Condition {
    return joined('or', [this, ...others])
  }
  not(): Condition {
    return new Condition({ type: 'not', of: this.spec })
  }
  /** It became true since `reset` was true last. */
  since(reset: Condition): Condition {
    return new Condition({ type: 'since', of: this.spec, reset: reset.spec })
  }
  /** It became true since the asset was requested or made last, or its condition was evaluated for the first time. */
  sinceLastHandled(): Condition {
    const { newlyRequested, newlyUpdated, initialEvaluation } = when
    return this.since(newlyRequested().or(newlyUpdated(), initialEvaluation()).withLabel('handled'))
  }
  /** It is true, and was not in the evaluation before. */
  newlyTrue(): Condition {
    return new Condition({ type: 'newlyTrue', of: this.spec })
  }
  /** What it is called where it is explained. */
  withLabel(label: string): Condition {
    return new Condition({ ...this.spec, label })
  }
  /** Of what is read only the assets of a selection; also in the parts. */
  allow(selection: string): Condition {
    return new Condition(narrowed(this.spec, 'allow', requireSelection(selection)))
  }
  /** Of what is read none of the assets of a selection; also in the parts. */
  ignore(selection: string): Condition {
    return new Condition(narrowed(this.spec, 'ignore', requireSelection(selection)))
  }
  /** Every part with this label becomes another condition. */
  replace(label: string, by: Condition): Condition {
    return new Condition(replaced(this.spec, label, by.spec))
  }
  /** Leaves out the parts of an `and` or `or` with this label. */
  without(label: string): Condition {
    const { spec } = this
    if (spec.type !== 'and' && spec.type !== 'or')
      throw invalid(`There is nothing to leave ${label} out of.`, 'Look at the conditions in definitions.ts.')
    const of = spec.of.filter((part) => part.label !== label)
    if (of.length === spec.of.length)
      throw invalid(
        `No part of the condition is called ${label}.`,
        `Its parts are: ${spec.of.flatMap((part) => part.label ?? []).join(', ') || 'without labels'}.`,
      )
    return new Condition({ ...spec, of })
  }
}

const simple = (type: PlainOperand) => () => new Condition({ type })

const freshnessIs = (state: FreshnessState) => () =>
  new Condition({ type: 'freshness', state, label: `freshness ${state}` })

/** Conditions for the `automation` of assets, and for `automation()`. */
export const when = {
  // What is asked.
  missing: simple('missing'),
  runInProgress: simple('runInProgress'),
  backfillInProgress: simple('backfillInProgress'),
  executionFailed: simple('executionFailed'),
  newlyUpdated: simple('newlyUpdated'),
  newlyRequested: simple('newlyRequested'),
  willBeRequested: simple('willBeRequested'),
  codeVersionChanged: simple('codeVersionChanged'),
  dataVersionChanged: simple('dataVersionChanged'),
  initialEvaluation: simple('initialEvaluation'),
  executedWithRootTarget: simple('executedWithRootTarget'),
  /** Tags that the run which made it last has; `null` for any value. */
  executedWithTags: (tags: Readonly<Record<string, string | null>>) =>
    new Condition({ type: 'executedWithTags', tags }),
  checkPassed: simple('checkPassed'),
  checkFailed: simple('checkFailed'),
  freshnessPassed: freshnessIs('pass'),
  freshnessWarned: freshnessIs('warn'),
  freshnessFailed: freshnessIs('fail'),
  cronTickPassed(cron: string, timezone = 'UTC'): Condition {
    nextTicks(cron, timezone, new Date(), 1)
    return new Condition({ type: 'cronTickPassed', cron, timezone })
  },
  inLatestTimeWindow(options: { readonly lookback?: string } = {}): Condition {
    const { lookback } = options
    return new Condition({
      type: 'inLatestTimeWindow',
      ...(lookback === undefined ? {} : { lookbackMs: durationMs(lookback) }),
    })
  },

  // What is asked of others.
  anyDepsMatch: (condition: Condition) => new Condition({ type: 'anyDepsMatch', of: specOf(condition) }),
  allDepsMatch: (condition: Condition) => new Condition({ type: 'allDepsMatch', of: specOf(condition) }),
  anyChecksMatch: (condition: Condition, options: { readonly blockingOnly?: boolean } = {}) =>
    new Condition({ type: 'anyChecksMatch', of: specOf(condition), ...options }),
  allChecksMatch: (condition: Condition, options: { readonly blockingOnly?: boolean } = {}) =>
    new Condition({ type: 'allChecksMatch', of: specOf(condition), ...options }),
  assetMatches: (asset: AssetName | { readonly key: string } | MaybeOpen, condition: Condition) =>
    new Condition({ type: 'assetMatches', asset: keyOf(asset), of: specOf(condition) }),
  not: (condition: Condition) => condition.not(),

  // What is made of these.
  inProgress: () => when.runInProgress().or(when.backfillInProgress()).withLabel('in progress'),
  newlyMissing: () => when.missing().newlyTrue().withLabel('newly missing'),
  anyDepsUpdated: () =>
    when
      .anyDepsMatch(
        when
          .newlyUpdated()
          .and(when.executedWithRootTarget().not())
          .withLabel('newly updated by another run')
          .or(when.willBeRequested()),
      )
      .withLabel('any deps updated'),
  /** As `anyDepsUpdated`, but a sync that found nothing new, and whatever else left the data as it was, does not count. */
  anyDepsChanged: () =>
    when
      .anyDepsMatch(
        when
          .dataVersionChanged()
          .and(when.executedWithRootTarget().not())
          .withLabel('newly changed by another run')
          .or(when.willBeRequested()),
      )
      .withLabel('any deps changed'),
  anyDepsMissing: () =>
    when.anyDepsMatch(when.missing().and(when.willBeRequested().not())).withLabel('any deps missing'),
  anyDepsInProgress: () => when.anyDepsMatch(when.inProgress()).withLabel('any deps in progress'),
  allDepsBlockingChecksPassed: () =>
    when
      .allDepsMatch(
        when
          .allChecksMatch(when.checkPassed().or(when.willBeRequested()), { blockingOnly: true })
          .withLabel('all blocking checks passed'),
      )
      .withLabel('all blocking checks of deps passed'),
  allDepsUpdatedSinceCron: (cron: string, timezone = 'UTC') =>
    when
      .allDepsMatch(when.newlyUpdated().since(when.cronTickPassed(cron, timezone)).or(when.willBeRequested()))
      .withLabel(`all deps updated since ${cron} (${timezone})`),

  /**
   * Whenever the data of something that it reads changed, and when partitions become missing; of time partitions the latest. Not
   * while something that it reads is missing, or one of them is being made.
   */
  eager: () =>
    when
      .inLatestTimeWindow()
      .and(
        when
          .newlyMissing()
          .or(when.anyDepsChanged())
          .sinceLastHandled()
          .withLabel('missing or deps changed since last handled'),
        when.anyDepsMissing().not().withLabel('no deps missing'),
        when.anyDepsInProgress().not().withLabel('no deps in progress'),
        when.inProgress().not().withLabel('not in progress'),
      )
      .withLabel('eager'),
  /** After each tick of a cron expression, once everything that it reads was updated since the tick. */
  onCron: (cron: string, timezone = 'UTC') =>
    when
      .inLatestTimeWindow()
      .and(
        when.cronTickPassed(cron, timezone).sinceLastHandled().withLabel('tick passed since last handled'),
        when.allDepsUpdatedSinceCron(cron, timezone),
      )
      .withLabel(`on cron ${cron} (${timezone})`),
  /** Whenever partitions are added; not while something that it reads is missing. */
  onMissing: () =>
    when
      .inLatestTimeWindow()
      .and(
        when.missing().newlyTrue().sinceLastHandled().withLabel('missing since last handled'),
        when.anyDepsMissing().not().withLabel('no deps missing'),
      )
      .withLabel('on missing'),
}

/** Until when an asset has to be made again. */
export const freshness = {
  /** So long after it was made it is late: `fail`, and `warn` a bit earlier. */
  timeWindow({ fail, warn }: { readonly fail: string; readonly warn?: string }): FreshnessPolicy {
    const failMs = durationMs(fail)
    const warnMs = warn === undefined ? undefined : durationMs(warn)
    if (warnMs !== undefined && warnMs >= failMs)
      throw invalid(
        `A freshness policy cannot warn after ${warn} where it fails after ${fail}.`,
        'Warn earlier than it fails.',
      )
    return { type: 'timeWindow', failMs, ...(warnMs === undefined ? {} : { warnMs }) }
  },
  /** By each instant of `deadline` it has to be made, and not earlier than `lowerBound` before that. */
  cron(options: {
    readonly deadline: string
    readonly timezone?: string
    readonly lowerBound: string
  }): FreshnessPolicy {
    const { deadline, timezone = 'UTC', lowerBound } = options
    nextTicks(deadline, timezone, new Date(), 1)
    return { type: 'cron', deadline, timezone, lowerBoundMs: durationMs(lowerBound) }
  },
}

/** Parts without a label of their own become parts of the whole. */
function joined(type: 'and' | 'or', conditions: readonly Condition[]): Condition {
  const of = conditions
    .map(specOf)
    .flatMap((spec) => (spec.type === type && spec.label === undefined ? spec.of : [spec]))
  return new Condition({ type, of })
}

function keyOf(asset: string | { readonly key: string } | undefined): string {
  if (typeof asset === 'string') return asset
  if (typeof asset?.key === 'string') return asset.key
  throw invalid('assetMatches(…) names no asset.', 'Give it an asset, a table (`dbt.models.orders`) or a key.')
}

function specOf(condition: Condition): AutomationCondition {
  if (condition instanceof Condition) return condition.spec
  throw invalid('A condition was expected, such as when.eager().', 'Conditions are made by `when`: when.missing().')
}

/** Every part changed by a function, from the outside inwards. */
const rebuilt = (
  spec: AutomationCondition,
  change: (part: AutomationCondition) => AutomationCondition | undefined,
): AutomationCondition => change(spec) ?? withParts(spec, (part) => rebuilt(part, change))

const replaced = (spec: AutomationCondition, label: string, by: AutomationCondition) =>
  rebuilt(spec, (part) => (part.label === label ? by : undefined))

const narrowed = (spec: AutomationCondition, how: 'allow' | 'ignore', selection: string) =>
  rebuilt(spec, (part) => {
    if (part.type !== 'anyDepsMatch' && part.type !== 'allDepsMatch') return undefined
    const known = part[how]
    return { ...part, [how]: known === undefined ? selection : `${known} or ${selection}` }
  })

export function requireCondition(what: string, value: unknown): void {
  if (value instanceof Condition) return
  throw invalid(`${what} is not a condition.`, "Conditions are made by `when`: when.eager(), when.onCron('0 5 * * *').")
}

function requireSelection(selection: unknown): string {
  if (typeof selection === 'string' && splitOutsideQuotes(selection, /\s/).some((word) => word !== '')) return selection
  throw invalid('allow and ignore take a selection of assets.', "Name assets: 'group:marts' or 'raw/*'.")
}
