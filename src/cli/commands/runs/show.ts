import { checkOutcomes, isLeftBehind, type RunStep } from '../../../orchestrate/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withStore } from '../../open-project.js'
import { out } from '../../output/colors.js'
import { errorLines } from '../../output/error-lines.js'
import {
  duration,
  leftBehindWords,
  localTime,
  selectionWords,
  statusText,
  sweepWords,
  tagWords,
  triggerWords,
} from '../../output/run-words.js'
import { stepLabel } from '../../output/step-label.js'
import { terminalWidth, textTable } from '../../output/table.js'
import { findRun } from './find-run.js'

const mostChecks = 100_000

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
        `Run ${run.id} ${statusText(run.status)}${took === '' ? '' : ` in ${took}`}${isLeftBehind(run) ? ` (${leftBehindWords})` : ''}\n${out.dim(
          [
            localTime(run.startedAt ?? run.createdAt),
            triggerWords(run),
            selectionWords(run.selection),
            ...sweepWords(run),
            ...(run.partitions ? [`partitions ${run.partitions}`] : []),
            ...(Object.keys(run.tags).length > 0 ? [`tags ${tagWords(run.tags)}`] : []),
            ...(run.config ? [`config ${JSON.stringify(run.config)}`] : []),
          ].join(', '),
        )}\n`,
      )
      const outcomes = checkOutcomes(
        await store.readEvents({ runId: run.id, types: ['check_evaluated'], limit: mostChecks }),
      )
      const rows = steps.flatMap((step) => [stepRow(step), ...failedCheckRows(step, outcomes)])
      if (rows.length > 0)
        console.log(
          textTable(
            [
              { name: 'step' },
              { name: 'status' },
              { name: 'took' },
              { name: 'attempt', isNumeric: true },
              { name: 'note' },
            ],
            rows,
            {
              width: terminalWidth(),
              style: (text, row, column) => (column === 1 ? statusText(rows[row]?.[1], text) : text),
            },
          ),
        )
      if (run.error) console.log(`\n${errorLines(run.error).join('\n')}`)
      return 0
    })
  },
}

type Row = readonly [label: string, status: string, took: string, attempt: number | string, note: string]

const stepRow = (step: RunStep): Row => [stepLabel(step.key), step.status, duration(step), step.attempt, noteOf(step)]

const noteOf = ({ error, reason }: RunStep) => error?.message.split('\n')[0] ?? reason ?? ''

/** A check that holds nothing up leaves its step succeeded. What the note of the step says already is not said twice. */
function failedCheckRows(step: RunStep, outcomes: ReturnType<typeof checkOutcomes>): Row[] {
  return step.checks.flatMap(({ asset, name }): Row[] => {
    const { status, message = 'it does not hold' } = outcomes.get(`${asset} ${name}`) ?? {}
    const text = message.split('\n')[0] ?? ''
    if (status !== 'failed' || text === noteOf(step)) return []
    return [[`  check ${name}`, status, '', '', text]]
  })
}
