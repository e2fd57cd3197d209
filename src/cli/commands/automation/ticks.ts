import { Option } from 'commander'
import { plural } from '../../../base/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withQueue } from '../../open-project.js'
import { positiveInteger } from '../../option-values.js'
import { localTime, statusText } from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'
import { findAutomation } from './find-automation.js'

interface TicksOptions extends GlobalOptions {
  readonly limit: number
}

export const ticks: CommandDefinition = {
  name: 'ticks',
  arguments: [['<automation>', 'a schedule, sensor or automation']],
  summary: 'When one ticked, newest first: what came of it, and why',
  details: 'Of many runs the first are told: `millrace runs --trigger <automation>` lists them all.',
  options: [new Option('--limit <n>', 'how many').argParser(positiveInteger).default(20)],
  examples: [['millrace automation ticks nightly --limit 5', 'the last five']],
  json: 'an array of ticks: {id, at, status, reason?, runIds, cursor? (where it is another one than before), error?, durationMs?}',
  async run(automation: string, { limit, ...options }: TicksOptions) {
    return withQueue(options, async ({ engine, store }) => {
      const found = await store.listTicks({ automation, limit })
      // One that the project has no more still has its history.
      if (found.length === 0) await findAutomation(await engine.reload(), automation)
      if (options.json) console.log(JSON.stringify(found))
      else if (found.length === 0) console.log(`${automation} has not ticked yet.`)
      else
        console.log(
          textTable(
            [{ name: 'at', isWhole: true }, { name: 'outcome', isWhole: true }, { name: 'why' }, { name: 'runs' }],
            found.map(({ at, status, reason, error, runIds }) => [
              localTime(at),
              status,
              error?.message.split('\n')[0] ?? reason ?? '',
              idWords(runIds),
            ]),
            {
              width: terminalWidth(),
              style: (text, row, column) => (column === 1 ? statusText(found[row]?.status, text) : text),
            },
          ),
        )
      return 0
    })
  },
}

const mostIds = 3

/** A sensor may have asked for thousands at once. */
const idWords = (ids: readonly string[]) =>
  ids.length <= mostIds
    ? ids.join(' ')
    : `${plural(ids.length, 'run')}: ${ids.slice(0, mostIds).join(' ')} and ${ids.length - mostIds} more`
