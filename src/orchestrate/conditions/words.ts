import type { AutomationCondition } from '../contract/index.js'

const plain: Readonly<Partial<Record<AutomationCondition['type'], string>>> = {
  and: 'all of',
  or: 'any of',
  not: 'not',
  since: 'since',
  newlyTrue: 'newly true',
  missing: 'missing',
  runInProgress: 'a run is to make it',
  backfillInProgress: 'a backfill is to make it',
  executionFailed: 'its last run failed',
  newlyUpdated: 'newly updated',
  newlyRequested: 'newly requested',
  willBeRequested: 'requested now',
  codeVersionChanged: 'its code changed',
  dataVersionChanged: 'its data changed',
  initialEvaluation: 'evaluated for the first time',
  executedWithRootTarget: 'made by a run that makes this asset, too',
  checkPassed: 'check passed',
  checkFailed: 'check failed',
}

/** What a condition asks, in a few words. */
export function conditionText(condition: AutomationCondition): string {
  switch (condition.type) {
    case 'cronTickPassed':
      return `a tick of ${condition.cron} (${condition.timezone}) passed`
    case 'inLatestTimeWindow':
      return condition.lookbackMs === undefined
        ? 'in the latest time window'
        : `within ${hours(condition.lookbackMs)} of the latest time window's end`
    case 'freshness':
      return `freshness is ${condition.state}`
    case 'executedWithTags':
      return `made by a run with ${Object.entries(condition.tags)
        .map(([key, value]) => (value === null ? key : `${key}=${value}`))
        .join(', ')}`
    case 'anyDepsMatch':
    case 'allDepsMatch': {
      const { allow, ignore } = condition
      const some = [allow === undefined ? '' : ` of ${allow}`, ignore === undefined ? '' : ` without ${ignore}`].join(
        '',
      )
      return `${condition.type === 'anyDepsMatch' ? 'any' : 'all'} of what it reads${some}`
    }
    case 'anyChecksMatch':
    case 'allChecksMatch':
      return `${condition.type === 'anyChecksMatch' ? 'any' : 'all'} of its ${condition.blockingOnly ? 'blocking ' : ''}checks`
    case 'assetMatches':
      return condition.asset
    default:
      return plain[condition.type] ?? condition.type
  }
}

const hours = (ms: number) => (ms % 3_600_000 === 0 ? `${ms / 3_600_000} h` : `${ms / 60_000} min`)

/** What a condition is called: by its label, or what it asks. */
export const conditionName = (condition: AutomationCondition): string => condition.label ?? conditionText(condition)
