import { Option } from 'commander'
import type { Backfill } from '../../../orchestrate/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withStore } from '../../open-project.js'
import { positiveInteger } from '../../option-values.js'
import { duration, localTime, selectionWords, statusText, tagWords } from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'

interface ListOptions extends GlobalOptions {
  readonly limit: number
}

export const list: CommandDefinition = {
  name: 'list',
  summary: 'The last backfills, newest first',
  options: [new Option('--limit <n>', 'how many').argParser(positiveInteger).default(20)],
  examples: [['millrace backfills list --limit 5', '`list` may be left out']],
  json: 'an array of backfills: {id, status, selection, partitions, tags, runCount, requestedRuns, runs: {succeeded, failed, …}, skipped: [{assets, partitions, upstream, upstreamPartitions}], …}',
  isDefault: true,
  async run(options: ListOptions) {
    return withStore(options, async (store) => {
      const found = await store.listBackfills({ limit: options.limit })
      if (options.json) console.log(JSON.stringify(found))
      else if (found.length === 0)
        console.log('No backfills yet. Start one: millrace backfills create <selection> --missing')
      else
        console.log(
          textTable(
            [
              { name: 'backfill', isWhole: true },
              { name: 'status', isWhole: true },
              { name: 'started' },
              { name: 'took' },
              { name: 'runs' },
              { name: 'selection' },
              { name: 'partitions' },
              { name: 'tags' },
            ],
            found.map((one) => [
              one.id,
              one.status,
              localTime(one.createdAt),
              duration({ startedAt: one.createdAt, endedAt: one.endedAt }),
              runWords(one),
              selectionWords(one.selection),
              one.partitions,
              tagWords(one.tags),
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

/** `12 of 31 done, 1 failed, 2 skipped` */
export function runWords({ runCount, runs, skippedRuns }: Pick<Backfill, 'runCount' | 'runs' | 'skippedRuns'>): string {
  const { succeeded, failed, cancelled } = runs
  return [
    `${succeeded} of ${runCount} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
    ...(skippedRuns > 0 ? [`${skippedRuns} skipped`] : []),
  ].join(', ')
}
