import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withStore } from '../../open-project.js'
import { findRun } from './find-run.js'

const ended = new Set(['succeeded', 'failed', 'cancelled'])

export const cancel: CommandDefinition = {
  name: 'cancel',
  arguments: [['<run>', 'its id, or the first or last characters of it']],
  summary: 'Ask a run to stop',
  examples: [['millrace runs cancel 01a20b57-cb87-784f-a6d5-e1ae16968fe4', '`millrace runs` lists the ids']],
  json: 'the run',
  async run(id: string, options: GlobalOptions) {
    return withStore(options, async (store, access) => {
      const before = await findRun(store, id)
      const cancelled = () =>
        audited(access, { action: 'runs cancel', what: before.id }, () => store.requestCancel(before.id))
      const run = ended.has(before.status) ? before : ((await cancelled()) ?? before)
      if (options.json) console.log(JSON.stringify(run))
      else if (ended.has(before.status)) console.log(`Run ${run.id} had ended already: ${run.status}`)
      else console.log(`Run ${run.id}: ${run.status}`)
      return 0
    })
  },
}
