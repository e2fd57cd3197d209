import { setTimeout as sleep } from 'node:timers/promises'
import { plural } from '../../../base/index.js'
import type { Backfill, BackfillRequest, Definitions, SkippedRuns } from '../../../orchestrate/index.js'
import { audited } from '../../audited.js'
import { interruptSignal } from '../../interrupt.js'
import type { RunQueue } from '../../open-project.js'
import { statusText } from '../../output/run-words.js'
import { type RunOptions, sayWhoClaims } from '../../request-run.js'
import { runWords } from './list.js'

const pollMs = 200
const mostSkippedShown = 20

/** Requests a backfill and says how far it is until it ended; answers the exit code. */
export async function requestAndFollow(
  { store, access }: RunQueue,
  definitions: Definitions,
  request: BackfillRequest,
  options: RunOptions,
): Promise<number> {
  const { advanceBackfills } = await import('../../../orchestrate/index.js')
  const what = `${request.selection}; ${request.partitions}`
  const { id } = await audited(
    access,
    { action: 'backfills create', what },
    () => store.requestBackfill(request),
    (made) => `backfill ${made.id}`,
  )
  const { runCount, partitionCount } = request
  if (options.detach) {
    console.log(options.json ? JSON.stringify(await store.getBackfill(id)) : `Queued: ${id}`)
    await sayWhoClaims(store)
    return 0
  }
  if (!options.json)
    console.log(
      `Backfill ${id}: ${plural(partitionCount, 'partition')} in ${plural(runCount, 'run')}${request.isSequential && runCount > 1 ? ', those that read earlier ones one after the other' : ''}`,
    )
  const signal = interruptSignal()
  let said = ''
  for (;;) {
    if (signal.aborted) await store.cancelBackfill(id)
    await advanceBackfills(store, definitions)
    const backfill = (await store.getBackfill(id)) as Backfill
    const words = runWords(backfill)
    if (options.json ? backfill.endedAt !== undefined : words !== said && backfill.endedAt === undefined)
      console.log(options.json ? JSON.stringify(backfill) : `  ${words}`)
    said = words
    if (backfill.endedAt === undefined) {
      await sleep(pollMs)
      continue
    }
    if (!options.json) console.log(ending(backfill))
    if (backfill.status === 'succeeded') return 0
    return signal.aborted ? 130 : 1
  }
}

/** `reports/trend 2024-01-03 was skipped: reports/visits 2024-01-02 was not made` */
const skippedWords = ({ assets, partitions, upstream, upstreamPartitions }: SkippedRuns): string =>
  `${[assets.join(', '), ...(partitions ? [partitions] : [])].join(' ')} was skipped: ${[upstream, ...(upstreamPartitions ? [upstreamPartitions] : [])].join(' ')} was not made`

function ending(backfill: Backfill): string {
  const { id, status, error, skipped } = backfill
  const lines = [`Backfill ${statusText(status)}: ${runWords(backfill)}.`]
  if (error) lines.push(`  ${error.message}`)
  lines.push(...skipped.slice(0, mostSkippedShown).map((one) => `  ${skippedWords(one)}`))
  if (skipped.length > mostSkippedShown)
    lines.push(`  … and ${skipped.length - mostSkippedShown} more: millrace backfills list --json`)
  if (status !== 'succeeded') lines.push(`  Run again what did not succeed: millrace backfills retry ${id.slice(-8)}`)
  return lines.join('\n')
}
