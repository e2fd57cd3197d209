import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withStore } from '../../open-project.js'
import { out } from '../../output/colors.js'
import { errorLines } from '../../output/error-lines.js'
import { duration, localTime, selectionWords, statusText, tagWords, triggerWords } from '../../output/run-words.js'
import { stepLabel } from '../../output/step-label.js'
import { terminalWidth, textTable } from '../../output/table.js'
import { findRun } from './find-run.js'

export const show: CommandDefinition = {
  name: 'show',
  arguments: [['[run]', 'its id, or the first or last characters of it; the last run when left out']],
  summary: 'A run with its steps and what went wrong',
  examples: [['millrace runs show', 'the last one']],
  json: 'the run, with "steps" as an array of {key, status, attempt, startedAt?, endedAt?, error?, reason?, …}',
  async run(id: string | undefined, options: GlobalOptions) {
    return withStore(options, async (store) => {
      const run = await findRun(store, id)
      const steps = await store.listSteps(run.id)
      if (options.json) {
        console.log(JSON.stringify({ ...run, steps }))
        return 0
      }
      const took = duration(run)
      console.log(
        `Run ${run.id} ${statusText(run.status)}${took === '' ? '' : ` in ${took}`}\n${out.dim(
          [
            localTime(run.startedAt ?? run.createdAt),
            triggerWords(run),
            selectionWords(run.selection),
            ...(run.partitions ? [`partitions ${run.partitions}`] : []),
            ...(Object.keys(run.tags).length > 0 ? [`tags ${tagWords(run.tags)}`] : []),
            ...(run.config ? [`config ${JSON.stringify(run.config)}`] : []),
          ].join(', '),
        )}\n`,
      )
      if (steps.length > 0)
        console.log(
          textTable(
            [
              { name: 'step' },
              { name: 'status' },
              { name: 'took' },
              { name: 'attempt', isNumeric: true },
              { name: 'note' },
            ],
            steps.map((step) => [
              stepLabel(step.key),
              step.status,
              duration(step),
              step.attempt,
              step.error?.message.split('\n')[0] ?? step.reason ?? '',
            ]),
            {
              width: terminalWidth(),
              style: (text, row, column) => (column === 1 ? statusText(steps[row]?.status, text) : text),
            },
          ),
        )
      if (run.error) console.log(`\n${errorLines(run.error).join('\n')}`)
      return 0
    })
  },
}
