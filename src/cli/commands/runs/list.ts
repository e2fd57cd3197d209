import { Option } from 'commander'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withStore } from '../../open-project.js'
import { positiveInteger } from '../../option-values.js'
import { duration, localTime, selectionWords, statusText, triggerWords } from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'

interface ListOptions extends GlobalOptions {
  readonly limit: number
}

export const list: CommandDefinition = {
  name: 'list',
  summary: 'The last runs, newest first',
  options: [new Option('--limit <n>', 'how many').argParser(positiveInteger).default(20)],
  examples: [['millrace runs list --limit 5', '`list` may be left out']],
  json: 'an array of runs: {id, status, selection, trigger, createdAt, startedAt?, endedAt?, stepCounts, error?, …}',
  isDefault: true,
  async run(options: ListOptions) {
    return withStore(options, async (store) => {
      const runs = await store.listRuns({ limit: options.limit })
      if (options.json) console.log(JSON.stringify(runs))
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
              run.status,
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
