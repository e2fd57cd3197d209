import { Option } from 'commander'
import type { CommandDefinition } from '../../command.js'
import { detachOption } from '../../option-values.js'
import { type RunOptions, requestAndFollow, runJson, withRuns } from '../../request-run.js'
import { findRun } from './find-run.js'

interface RerunOptions extends RunOptions {
  readonly fromFailure?: boolean
}

export const rerun: CommandDefinition = {
  name: 'rerun',
  arguments: [['[run]', 'its id, or the first or last characters of it; the last run when left out']],
  summary: 'Run it again',
  options: [new Option('--from-failure', 'only what did not succeed'), detachOption()],
  examples: [['millrace runs rerun --from-failure', 'what did not succeed in the last run']],
  json: runJson,
  async run(id: string | undefined, options: RerunOptions) {
    return withRuns(options, async (queue) => {
      const run = await findRun(queue.store, id)
      const { rerunRequest } = await import('../../../orchestrate/index.js')
      return requestAndFollow(
        queue,
        rerunRequest(run, options.fromFailure ? 'from_failure' : 'all'),
        options,
        'runs rerun',
      )
    })
  },
}
