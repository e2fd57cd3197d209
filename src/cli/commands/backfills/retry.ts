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
    const { planRetry } = await import('../../../orchestrate/index.js')
    return withRuns(options, async (queue) => {
      const { store, engine } = queue
      const former = await findBackfill(store, id)
      const definitions = await engine.reload()
      const planned = await planRetry(store, definitions, former, new Date())
      if (planned === undefined) {
        console.log(options.json ? 'null' : 'Nothing is missing: every partition of it was made.')
        return 0
      }
      return requestAndFollow(queue, definitions, planned, options)
    })
  },
}
