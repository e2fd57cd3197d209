import type { AutomationState, OrchestrateStore } from '../../../orchestrate/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { withQueue } from '../../open-project.js'
import { localTime, statusText } from '../../output/run-words.js'
import { terminalWidth, textTable } from '../../output/table.js'
import { warnOfProblems } from '../../output/warn-of-problems.js'
import { allOf, type FoundAutomation } from './find-automation.js'

export const list: CommandDefinition = {
  name: 'list',
  summary: 'What runs something by itself: whether it is on, its next and its last tick',
  examples: [['millrace automation list', '`list` may be left out']],
  json: 'an array: {name, type, isOn, target, description, cron?, timezone?, intervalMs?, nextTickAt?, lastTick?: {at, status, reason?, runIds}}',
  isDefault: true,
  async run(options: GlobalOptions) {
    return withQueue(options, async ({ engine, store }) => {
      const definitions = await engine.reload()
      await warnOfProblems(definitions)
      const states = new Map((await store.automationStates()).map((state) => [state.name, state]))
      const now = new Date()
      const shown = await Promise.all(
        (await allOf(definitions)).map((one) => describe(one, states.get(one.spec.name), store, now)),
      )
      if (options.json) console.log(JSON.stringify(shown))
      else if (shown.length === 0)
        console.log('No schedules, sensors or conditions yet: docs/orchestration.md shows some.')
      else
        console.log(
          textTable(
            [
              { name: 'name', isWhole: true },
              { name: 'type', isWhole: true },
              { name: 'on', isWhole: true },
              { name: 'next' },
              { name: 'last tick' },
              { name: 'outcome', isWhole: true },
              { name: 'why' },
            ],
            shown.map(({ name, type, isOn, nextTickAt, lastTick }) => [
              name,
              type,
              isOn ? 'on' : 'off',
              nextTickAt ? localTime(nextTickAt) : '',
              lastTick ? localTime(lastTick.at) : '',
              lastTick?.status ?? '',
              lastTick?.reason ?? '',
            ]),
            {
              width: terminalWidth(),
              style: (text, row, column) => (column === 5 ? statusText(shown[row]?.lastTick?.status, text) : text),
            },
          ),
        )
      return definitions.broken?.length ? 1 : 0
    })
  },
}

async function describe(
  { type, spec }: FoundAutomation,
  state: AutomationState | undefined,
  store: OrchestrateStore,
  now: Date,
) {
  const { isSwitchedOn, nextTicks } = await import('../../../orchestrate/index.js')
  const { name, description, target = '' } = spec
  const isOn = isSwitchedOn(spec, state)
  const [lastTick] = await store.listTicks({ automation: name, limit: 1 })
  const next = type === 'schedule' && isOn ? nextTicks(spec.cron, spec.timezone, now, 1)[0] : undefined
  return {
    name,
    type,
    isOn,
    target,
    description,
    ...(type === 'schedule' ? { cron: spec.cron, timezone: spec.timezone } : {}),
    ...(type === 'sensor' ? { intervalMs: spec.intervalMs } : {}),
    ...(next ? { nextTickAt: next.toISOString() } : {}),
    ...(lastTick
      ? { lastTick: { at: lastTick.at, status: lastTick.status, reason: lastTick.reason, runIds: lastTick.runIds } }
      : {}),
  }
}
