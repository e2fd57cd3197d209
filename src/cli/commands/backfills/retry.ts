import type { CommandDefinition } from '../../command.js'
import { detachOption } from '../../option-values.js'
import { type RunOptions, withRuns } from '../../request-run.js'
import { findBackfill } from './find-backfill.js'
import { requestAndFollow } from './follow-backfill.js'

export const retry: CommandDefinition = {
  name: 'retry',
  arguments: [['[backfill]', 'its id, or the first or last characters of it; the last one when left out']],
  summary: 'Start another backfill with what one did not make',
  options: [detachOption()],
  examples: [['millrace backfills retry', 'what the last one did not make']],
  json: 'the new backfill, when it has ended',
  async run(id: string | undefined, options: RunOptions) {
    const { missingPartitions, planBackfill } = await import('../../../orchestrate/index.js')
    return withRuns(options, async (queue) => {
      const { store, engine } = queue
      const former = await findBackfill(store, id)
      const definitions = await engine.reload()
      const { selection, fullRefresh, tags, partitionsPerRun, parts } = former
      // Where its parts had other numbers in a run, each has its own again.
      const isOne = parts.every((part) => part.partitions === undefined || part.partitionsPerRun === partitionsPerRun)
      const perRun = isOne ? partitionsPerRun : undefined
      const partitions = await missingPartitions(store, definitions, selection, former.partitions)
      if (partitions === undefined) {
        console.log(options.json ? 'null' : 'Nothing is missing: every partition of it was made.')
        return 0
      }
      const wish = { selection, partitions, perRun, fullRefresh, tags }
      const planned = planBackfill(definitions, wish, await store.dynamicPartitions(), new Date())
      return requestAndFollow(queue, definitions, planned, options)
    })
  },
}
