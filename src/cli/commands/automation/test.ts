import { Option } from 'commander'
import { plural } from '../../../base/index.js'
import type { TestedTick } from '../../../orchestrate/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { interruptSignal } from '../../interrupt.js'
import { withQueue } from '../../open-project.js'
import { localTime, selectionWords } from '../../output/run-words.js'
import { cursorOf } from './cursor-of.js'
import { findAutomation } from './find-automation.js'

interface TestOptions extends GlobalOptions {
  readonly cursor?: string
}

export const test: CommandDefinition = {
  name: 'test',
  arguments: [['<automation>', 'a schedule, sensor or automation']],
  summary: 'What it would request now; nothing is requested or kept',
  details:
    'A sensor is asked as in a tick, in a thread of the engine: what its code does elsewhere, it does. Of a webhook and of a schedule its target is told.',
  options: [new Option('--cursor <json>', 'ask a sensor with this cursor instead of its own: JSON, or a text')],
  examples: [
    ['millrace automation test arrivals', 'what the sensor finds'],
    [`millrace automation test prices --cursor '"v1"'`, 'as if it had seen v1 last'],
  ],
  json: '{status: "requested" | "skipped", reason?, runs: [{selection, partitions?, tags?, config?, key?, runId?, assets, checks}], newRuns, cursor?, dynamicPartitions?, nextAt?}',
  async run(name: string, options: TestOptions) {
    return withQueue(options, async ({ engine, store }) => {
      const definitions = await engine.reload()
      const found = await findAutomation(definitions, name)
      if (options.cursor !== undefined && found.type !== 'sensor')
        throw cliErrors.create('CLI_USAGE', {
          message: `${name} has no cursor: it is no sensor.`,
          hint: 'Leave --cursor out.',
        })
      const { testTick } = await import('../../../orchestrate/index.js')
      const tested = await testTick(
        {
          definitions,
          store,
          now: new Date(),
          signal: interruptSignal(),
          evaluateSensor: (sensor, question) => engine.evaluateSensor(sensor, question),
          selectDbt: (selectors) => engine.selectDbt(selectors),
          cursor: options.cursor === undefined ? undefined : cursorOf(options.cursor),
        },
        name,
      )
      const status = tested.newRuns > 0 ? 'requested' : 'skipped'
      if (options.json) console.log(JSON.stringify({ status, ...tested }))
      else for (const line of linesOf(tested, name)) console.log(line)
      return 0
    })
  },
}

const mostRuns = 20

function linesOf({ runs, newRuns, reason, cursor, nextAt }: TestedTick, name: string): string[] {
  return [
    newRuns === 0
      ? `${name} would request nothing${reason === undefined ? '.' : `: ${reason}`}`
      : `${name} would request ${plural(newRuns, 'run')}${reason === undefined ? ':' : ` (${reason}):`}`,
    ...runs
      .slice(0, mostRuns)
      .map(({ selection, partitions, tags = {}, config, key, runId, assets, checks }) =>
        [
          `  ${selectionWords(selection)}`,
          partitions && `partitions ${partitions}`,
          `(${plural(assets, 'asset')}, ${plural(checks, 'check')})`,
          key && `key ${key}`,
          runId && `requested before: run ${runId}`,
          ...Object.entries(tags).map(([tag, value]) => `${tag}=${value}`),
          config && `config ${JSON.stringify(config)}`,
        ]
          .filter(Boolean)
          .join('  '),
      ),
    ...(runs.length > mostRuns ? [`  and ${runs.length - mostRuns} more; --json tells all`] : []),
    ...(cursor === undefined ? [] : [`Its cursor would be ${JSON.stringify(cursor)}.`]),
    ...(nextAt === undefined ? [] : [`It ticks next at ${localTime(nextAt)}.`]),
  ]
}
