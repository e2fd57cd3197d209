import { Option } from 'commander'
import type { RunCriteria, RunStatus } from '../../../orchestrate/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withStore } from '../../open-project.js'
import { positiveInteger, duration as spanOf, tagFilter } from '../../option-values.js'
import {
  duration,
  leftBehindWords,
  localTime,
  selectionWords,
  statusText,
  triggerWords,
} from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'

interface ListOptions extends GlobalOptions {
  readonly limit: number
  readonly status?: RunStatus
  readonly trigger?: string
  readonly tag?: NonNullable<RunCriteria['tags']>
  readonly since?: number
}

export const list: CommandDefinition = {
  name: 'list',
  summary: 'The last runs, newest first',
  options: [
    new Option('--limit <n>', 'how many').argParser(positiveInteger).default(20),
    new Option('--status <status>', 'only those that are so').choices([
      'queued',
      'starting',
      'running',
      'cancelling',
      'succeeded',
      'failed',
      'cancelled',
    ]),
    new Option('--trigger <name>', 'only those of this schedule, sensor, automation or backfill'),
    new Option('--tag <key[=value]...>', 'only those with all of these tags').argParser(tagFilter),
    new Option('--since <duration>', 'only those that were asked for so long ago at most, such as 2h').argParser(
      spanOf,
    ),
  ],
  examples: [
    ['millrace runs list --limit 5', '`list` may be left out'],
    ['millrace runs --status failed --tag team=finance --since 24h', 'what failed of a team today'],
  ],
  json: 'an array of runs: {id, status, selection, trigger, createdAt, startedAt?, endedAt?, stepCounts, error?, …}',
  isDefault: true,
  async run(options: ListOptions) {
    const { isLeftBehind } = await import('../../../orchestrate/index.js')
    return withStore(options, async (store) => {
      const { limit, status, trigger, tag: tags, since } = options
      const runs = await store.listRuns({
        limit,
        tags,
        trigger: trigger === undefined ? undefined : { name: trigger },
        statuses: status && [status],
        since: since === undefined ? undefined : new Date(Date.now() - since),
      })
      if (options.json) console.log(JSON.stringify(runs))
      else if (runs.length === 0 && (status ?? trigger ?? tags ?? since) !== undefined) console.log('No such runs.')
      else if (runs.length === 0) console.log("No runs yet. Start one: millrace materialize '*'")
      else
        console.log(
          textTable(
            [
              { name: 'run', isWhole: true },
              { name: 'status', isWhole: true },
              { name: 'started' },
              { name: 'took' },
              { name: 'by' },
              { name: 'selection' },
            ],
            runs.map((run) => [
              run.id,
              isLeftBehind(run) ? `${run.status} (${leftBehindWords})` : run.status,
              localTime(run.startedAt ?? run.createdAt),
              duration(run),
              triggerWords(run),
              selectionWords(run.selection),
            ]),
            {
              width: terminalWidth(),
              style: (text, row, column) => (column === 1 ? statusText(runs[row]?.status, text) : text),
            },
          ),
        )
      return 0
    })
  },
}
