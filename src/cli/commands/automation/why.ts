import { Option } from 'commander'
import type { ConditionEvaluation, ConditionNode } from '../../../orchestrate/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { withQueue } from '../../open-project.js'
import { positiveInteger } from '../../option-values.js'
import { out } from '../../output/colors.js'
import { localTime } from '../../output/run-words.js'

interface WhyOptions extends GlobalOptions {
  readonly limit: number
}

export const why: CommandDefinition = {
  name: 'why',
  arguments: [['<selection>', 'an asset that has a condition']],
  summary: 'Why its condition did, or did not, request an asset, part by part',
  options: [
    new Option('--limit <n>', 'how many evaluations, each of which found something else')
      .argParser(positiveInteger)
      .default(1),
  ],
  examples: [
    ['millrace automation why main/mart_routes', 'as it stands now'],
    ['millrace automation why main/mart_routes --limit 5', 'and what was found before'],
  ],
  json: '{asset, automation, isOn, evaluatedAt?, evaluations: [{at, tree, isRequested, partitions?, runId?}]}, newest first',
  async run(asset: string, { limit, ...options }: WhyOptions) {
    const { automationOfAsset, selectAssets, switches } = await import('../../../orchestrate/index.js')
    return withQueue(options, async ({ engine, store }) => {
      const definitions = await engine.reload()
      const [key = asset] = selectAssets(definitions, asset)
      const automation = automationOfAsset(definitions, key)?.automation
      if (!automation)
        throw cliErrors.create('CLI_USAGE', {
          message: `${key} has no condition.`,
          hint: 'docs/automation.md tells how an asset is given one; `millrace automation` lists schedules and sensors.',
        })
      const [states, cursor, evaluations] = await Promise.all([
        store.automationStates(),
        store.conditionCursor(),
        store.conditionEvaluations({ asset: key, limit }),
      ])
      const isOn = switches(states)(automation)
      if (options.json) {
        const shown = evaluations.map(({ asset: _, automation: __, ...one }) => one)
        console.log(
          JSON.stringify({
            asset: key,
            automation: automation.name,
            isOn,
            evaluatedAt: cursor?.at,
            evaluations: shown,
          }),
        )
        return 0
      }
      if (!isOn) console.log(`${automation.name} is off: it requests nothing.`)
      if (evaluations.length === 0) console.log(`The condition of ${key} was not evaluated yet.`)
      for (const evaluation of evaluations) for (const line of linesOf(evaluation)) console.log(line)
      return 0
    })
  },
}

function linesOf({ asset, at, isRequested, partitions, runId, tree }: ConditionEvaluation): string[] {
  const outcome = isRequested
    ? `requested${partitions === undefined ? '' : ` ${partitions}`}${runId === undefined ? '' : ` in run ${runId}`}`
    : 'not requested'
  return [`${localTime(at)}  ${asset}: ${outcome}`, ...nodeLines(tree, '  ')]
}

function nodeLines(
  { text, label, of, held, asked, partitions, children = [], others }: ConditionNode,
  indent: string,
): string[] {
  const mark = asked === 0 ? out.dim('·') : held > 0 ? out.green('✓') : out.red('✗')
  const count = asked > 1 ? ` (${held} of ${asked}${partitions === undefined ? '' : `: ${partitions}`})` : ''
  return [
    `${indent}${mark} ${label ?? text}${of === undefined ? '' : ` of ${of}`}${count}`,
    ...children.flatMap((child) => nodeLines(child, `${indent}  `)),
    ...(others ? [`${indent}  ${out.dim(`… and ${others} more that decide nothing`)}`] : []),
  ]
}
