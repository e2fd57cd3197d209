import type { Deployment, RunSummary } from '../../../src/server/contract/index.js'
import { plural } from './time.js'

/** What a run was asked for: people do not read `*`. */
export const selectionWords = (selection: string) => (selection === '*' ? 'everything' : selection)

/** What started a run, in the same words on every page. */
export function triggerWords({ trigger, parentRunId }: Pick<RunSummary, 'trigger' | 'parentRunId'>): string {
  switch (trigger.type) {
    case 'manual':
      return 'by hand'
    case 'cli':
      return 'command line'
    case 'start':
      return 'first start'
    case 'rerun':
      return `re-run of ${(parentRunId ?? trigger.name ?? '').slice(-8)}`
    case 'retry':
      return `retry of ${(parentRunId ?? trigger.name ?? '').slice(-8)}`
    case 'backfill':
      return `backfill ${(trigger.name ?? '').slice(-8)}`
    default:
      return `${trigger.type} ${trigger.name ?? ''}`.trim()
  }
}

/** How many claim runs, and how busy they are. */
export function slotsWords({ workers, lost, taken, total }: Deployment['slots']): string {
  const lostWords = lost > 0 ? `, ${lost} lost` : ''
  if (workers === 0) return `no worker claims runs${lostWords}`
  return `${plural(workers, 'worker')}${lostWords}, ${taken} of ${plural(total, 'slot')} taken`
}
