import { InvalidArgumentError, Option } from 'commander'
import { plural } from '../../../base/index.js'
import type { BackfillPart } from '../../../orchestrate/index.js'
import type { CommandDefinition } from '../../command.js'
import { anyInteger, detachOption, fullRefreshOption, positiveInteger, tagOption } from '../../option-values.js'
import { type RunOptions, withRuns } from '../../request-run.js'
import { requestAndFollow } from './follow-backfill.js'

interface CreateOptions extends RunOptions {
  readonly missing?: boolean
  readonly perRun?: number | 'all'
  readonly dryRun?: boolean
  readonly priority?: number
}

const perRun = (text: string): number | 'all' => {
  if (text === 'all') return text
  if (/^\d+$/.test(text)) return positiveInteger(text)
  throw new InvalidArgumentError('It is a number, or all.')
}

export const create: CommandDefinition = {
  name: 'create',
  arguments: [
    ['<selection...>', 'assets, as for `materialize`; those that it begins with are cut into the same partitions'],
  ],
  summary: 'Start a backfill',
  details:
    'It makes the chosen partitions of the assets, and what reads them of assets that are cut otherwise, in as many runs as they take, a few of them at a time. Nothing is made before all that it reads of the same backfill; where that failed, it is skipped. What has no partitions is made once.',
  options: [
    new Option('--partition <partitions...>', 'which: a key, a range a...b, * for all; all of them when left out'),
    new Option('--missing', 'of these only what was not made, or failed'),
    new Option('--per-run <n>', 'how many partitions a run makes: a number, or all').argParser(perRun),
    tagOption(),
    new Option('--priority <n>', 'of its runs: those with a higher one are taken first, 0 without').argParser(
      anyInteger,
    ),
    new Option('--dry-run', 'only say what it would do'),
    fullRefreshOption(),
    detachOption(),
  ],
  examples: [
    ['millrace backfills create reports/daily --partition 2024-01-01...2024-12-31', 'a year, a run for each day'],
    ['millrace backfills create reports/daily --priority -1 --tag team=finance', 'behind everything else'],
    ["millrace backfills create 'reports/daily+' --missing --per-run 30", 'what is missing, a month in each run'],
  ],
  json: 'the backfill, when it has ended; with --dry-run {partitions, runCount, partitionCount, assets, …}',
  async run(selection: readonly string[], options: CreateOptions) {
    const { missingPartitions, planBackfill, withDbtSelections, withoutDbt } = await import(
      '../../../orchestrate/index.js'
    )
    return withRuns(options, async (queue) => {
      const { store, engine } = queue
      const text = selection.join(' ')
      const definitions = await withDbtSelections(await engine.reload(), text, (all) => engine.selectDbt(all))
      const assets = withoutDbt(definitions, text)
      const chosen = options.partition?.join(',') ?? '*'
      const partitions = options.missing ? await missingPartitions(store, definitions, assets, chosen) : chosen
      if (partitions === undefined) {
        console.log(options.json ? 'null' : 'Nothing is missing: every partition was made.')
        return 0
      }
      const { perRun, fullRefresh, priority } = options
      const tags = { ...options.tag, ...(priority === undefined ? {} : { 'millrace/priority': String(priority) }) }
      const wish = { selection: assets, partitions, perRun, fullRefresh, tags }
      const planned = planBackfill(definitions, wish, await store.dynamicPartitions(), new Date())
      if (!options.dryRun) return requestAndFollow(queue, definitions, planned, options)
      const { runCount, partitionCount, parts, assets: made } = planned
      console.log(
        options.json
          ? JSON.stringify(planned)
          : `It would make ${plural(partitionCount, 'partition')} of ${made.join(', ')} in ${plural(runCount, 'run')}: ${planned.partitions}`,
      )
      if (!options.json && parts.length > 1) for (const part of parts) console.log(`  ${partWords(part)}`)
      return 0
    })
  },
}

/** `reports/trend: 2024-01-01...2024-01-31 in 31 runs` */
const partWords = ({ assets, partitions, runCount }: BackfillPart): string =>
  `${assets.join(', ')}: ${partitions === undefined ? 'once' : `${partitions} in ${plural(runCount, 'run')}`}`
