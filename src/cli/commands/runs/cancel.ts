import { Option } from 'commander'
import { audited } from '../../audited.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { withStore } from '../../open-project.js'
import { duration, tagFilter } from '../../option-values.js'
import { cancelMany, type ManyOptions, namesMany } from './cancel-many.js'
import { findRun } from './find-run.js'

interface CancelOptions extends GlobalOptions, ManyOptions {}

const ended = new Set(['succeeded', 'failed', 'cancelled'])

export const cancel: CommandDefinition = {
  name: 'cancel',
  arguments: [['[run]', 'its id, or the first or last characters of it; without it options say which runs']],
  summary: 'Ask a run to stop, or all of a kind',
  details:
    'Options instead of a run mean all runs that meet all of them and have not ended: it says how many they are, and asks; without a terminal --yes is needed. Those that wait end at once and never start, the others are asked to stop. What is requested later is not meant: switch off what requests it first.',
  options: [
    new Option('--status <status...>', 'only those that are so (default: all that have not ended)').choices([
      'queued',
      'starting',
      'running',
    ]),
    new Option('--trigger <name>', 'only those of this schedule, sensor, automation or backfill'),
    new Option('--tag <key[=value]...>', 'only those with all of these tags').argParser(tagFilter),
    new Option('--asset <asset>', 'only those whose plan holds this asset: those that have begun'),
    new Option('--since <duration>', 'only those that were asked for so long ago at most, such as 2h').argParser(
      duration,
    ),
    new Option('-y, --yes', 'cancel without asking'),
  ],
  examples: [
    ['millrace runs cancel 01a20b57-cb87-784f-a6d5-e1ae16968fe4', '`millrace runs` lists the ids'],
    ['millrace runs cancel --status queued --trigger new_files', 'all that a sensor asked for and that wait'],
  ],
  json: 'the run; of several {cancelled, stopping}: how many ended at once, and how many were asked to stop',
  async run(id: string | undefined, options: CancelOptions) {
    if (namesMany(options) === (id !== undefined))
      throw cliErrors.create('CLI_USAGE', {
        message:
          id === undefined ? 'Which runs are to be cancelled is not said.' : 'A run and options that mean several.',
        hint: 'Name one run, or say which by --status, --trigger, --tag, --asset or --since.',
      })
    return withStore(options, async (store, access) => {
      if (id === undefined) return cancelMany(store, access, options)
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
