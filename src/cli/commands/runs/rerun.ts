import { Option } from 'commander'
import type { Run } from '../../../orchestrate/index.js'
import type { CommandDefinition } from '../../command.js'
import { type Clearing, mayClear } from '../../confirm-clear.js'
import type { RunQueue } from '../../open-project.js'
import { detachOption } from '../../option-values.js'
import { type RunOptions, requestAndFollow, runJson, withRuns } from '../../request-run.js'
import { findRun } from './find-run.js'

interface RerunOptions extends RunOptions {
  readonly fromFailure?: boolean
  readonly yes?: boolean
}

export const rerun: CommandDefinition = {
  name: 'rerun',
  arguments: [['[run]', 'its id, or the first or last characters of it; the last run when left out']],
  summary: 'Run it again',
  details: 'A run that cleared data empties the tables again: it asks before, and without a terminal --yes is needed.',
  options: [
    new Option('--from-failure', 'only what did not succeed'),
    new Option('-y, --yes', 'clear data again without asking'),
    detachOption(),
  ],
  examples: [['millrace runs rerun --from-failure', 'what did not succeed in the last run']],
  json: runJson,
  async run(id: string | undefined, options: RerunOptions) {
    return withRuns(options, async (queue) => {
      const run = await findRun(queue.store, id)
      if (run.clearData && !(await mayClear(queue.store, await clearingOf(queue, run, options), options))) return 0
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

/** What such a run would empty once more. */
async function clearingOf({ engine, store }: RunQueue, run: Run, { fromFailure }: RerunOptions): Promise<Clearing> {
  const [definitions, steps] = [await engine.reload(), fromFailure ? await store.listSteps(run.id) : []]
  const { selectAssets } = await import('../../../orchestrate/index.js')
  const cleared = new Set(steps.filter(({ status }) => status === 'succeeded').flatMap(({ assets }) => assets))
  const assets = [...selectAssets(definitions, run.selection)].filter((asset) => !cleared.has(asset))
  return { definitions, assets, of: `run ${run.id}` }
}
