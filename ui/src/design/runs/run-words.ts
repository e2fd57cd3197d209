import type { Deployment, RunSummary } from '../../../../src/server/contract/index.js'
import { plural } from '../text/time.js'

/** What a run was asked for: people do not read `*`. */
export const selectionWords = (selection: string) => (selection === '*' ? 'everything' : selection)

/** Which partitions a run makes, where it was told. */
export const partitionsWords = ({ partitions }: Pick<RunSummary, 'partitions'>) =>
  partitions === '*' ? 'all partitions' : partitions

/** What started a run, in the same words on every page. */
export function triggerWords({ trigger, parentRunId }: Pick<RunSummary, 'trigger' | 'parentRunId'>): string {
  // The page says `web` where there is no login, and a run that is made once more has the id of the former one where nobody is known.
  const isPerson = ![undefined, 'web', parentRunId].includes(trigger.name)
  switch (trigger.type) {
    case 'manual':
      return isPerson ? `by ${trigger.name}` : 'by hand'
    case 'cli':
      return 'command line'
    case 'start':
      return 'first start'
    case 'rerun':
      return `re-run of ${(parentRunId ?? trigger.name ?? '').slice(-8)}${isPerson && parentRunId ? ` by ${trigger.name}` : ''}`
    case 'retry':
      return `retry of ${(parentRunId ?? trigger.name ?? '').slice(-8)}`
    case 'backfill':
      return `backfill ${(trigger.name ?? '').slice(-8)}`
    default:
      return `${trigger.type} ${trigger.name ?? ''}`.trim()
  }
}

/** Of all that starts runs only backfills go by an id. */
export const isBackfill = (trigger: string | undefined): trigger is string =>
  trigger !== undefined && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(trigger)

/** How many claim runs, and how busy they are. */
export function slotsWords({ workers, lost, taken, total }: Deployment['slots']): string {
  const lostWords = lost > 0 ? `, ${lost} lost` : ''
  if (workers === 0) return `no worker claims runs${lostWords}`
  return `${plural(workers, 'worker')}${lostWords}, ${taken} of ${plural(total, 'slot')} taken`
}
