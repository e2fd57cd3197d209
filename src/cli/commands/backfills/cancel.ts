import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withStore } from '../../open-project.js'
import { findBackfill } from './find-backfill.js'

export const cancel: CommandDefinition = {
  name: 'cancel',
  arguments: [['<backfill>', 'its id, or the first or last characters of it']],
  summary: 'Request no more of its runs, and ask those that go on to stop',
  examples: [['millrace backfills cancel 5ae1e169', '`millrace backfills` lists the ids']],
  json: 'the backfill',
  async run(id: string, options: GlobalOptions) {
    return withStore(options, async (store, access) => {
      const before = await findBackfill(store, id)
      const cancelled = () =>
        audited(access, { action: 'backfills cancel', what: before.id }, () => store.cancelBackfill(before.id))
      const backfill = before.endedAt ? before : ((await cancelled()) ?? before)
      if (options.json) console.log(JSON.stringify(backfill))
      else if (before.endedAt) console.log(`Backfill ${backfill.id} had ended already: ${backfill.status}`)
      else console.log(`Backfill ${backfill.id}: ${backfill.status}`)
      return 0
    })
  },
}
