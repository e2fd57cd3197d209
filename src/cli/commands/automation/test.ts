import { Option } from 'commander'
import { plural } from '../../../base/index.js'
import type { Definitions, OrchestrateStore, RunRequest } from '../../../orchestrate/index.js'
import type { Engine } from '../../../platform/index.js'
import type { CommandDefinition, GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { interruptSignal } from '../../interrupt.js'
import { withQueue } from '../../open-project.js'
import { localTime, selectionWords } from '../../output/run-words.js'
import { cursorOf } from './cursor-of.js'
import { type FoundAutomation, findAutomation } from './find-automation.js'

interface TestOptions extends GlobalOptions {
  readonly cursor?: string
}

/** What a tick would do now. */
interface Tested {
  readonly reason?: string | undefined
  readonly requests: readonly RunRequest[]
  readonly cursor?: unknown
  readonly dynamicPartitions?: unknown
  readonly nextAt?: string | undefined
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
  json: '{status: "requested" | "skipped", reason?, runs: [{selection, partitions?, tags?, config?, key?, assets, checks}], cursor?, dynamicPartitions?, nextAt?}',
  async run(name: string, options: TestOptions) {
    return withQueue(options, async ({ engine, store }) => {
      const definitions = await engine.reload()
      const found = await findAutomation(definitions, name)
      if (options.cursor !== undefined && found.type !== 'sensor')
        throw cliErrors.create('CLI_USAGE', {
          message: `${name} has no cursor: it is no sensor.`,
          hint: 'Leave --cursor out.',
        })
      const { requests, ...tested } = await wouldDo(found, { definitions, engine, store }, options.cursor)
      const runs = await Promise.all(requests.map((request) => describe(engine, definitions, request)))
      const answer = { status: runs.length > 0 ? 'requested' : 'skipped', ...tested, runs }
      if (options.json) console.log(JSON.stringify(answer))
      else for (const line of linesOf(answer, name)) console.log(line)
      return 0
    })
  },
}

interface Around {
  readonly definitions: Definitions
  readonly engine: Engine
  readonly store: OrchestrateStore
}

async function wouldDo(found: FoundAutomation, around: Around, cursor: string | undefined): Promise<Tested> {
  const { checkConfigOf, nextTicks, previewConditions, selectionOf, toldWords } = await import(
    '../../../orchestrate/index.js'
  )
  const { definitions, store } = around
  const now = new Date()
  const { name, target = '' } = found.spec
  const trigger = { type: found.type, name }
  if (found.type === 'schedule') {
    const { cron, timezone, tags, config } = found.spec
    // Also what it leaves out, and would fail in the run.
    checkConfigOf(definitions, { selection: target, config: config ?? {} })
    const [next] = nextTicks(cron, timezone, now, 1)
    return { requests: [{ selection: target, trigger, tags, config }], nextAt: next?.toISOString() }
  }
  if (found.type === 'sensor') {
    const { webhook, toldOf } = found.spec
    if (!webhook && !toldOf) return askSensor(found.spec, around, cursor)
    return {
      requests: target === '' ? [] : [{ selection: target, trigger }],
      reason: toldOf
        ? `${toldWords(toldOf)}, where its code says nothing else`
        : 'as a delivery would, where its code says nothing else',
    }
  }
  const states = new Map((await store.automationStates()).map((state) => [state.name, state]))
  const results = await previewConditions(store, { definitions, states, now }, name)
  const wanted = results.filter(({ requested }) => !requested.isEmpty).map(({ asset }) => asset)
  return wanted.length > 0
    ? { requests: [{ selection: selectionOf(wanted), trigger }] }
    : { requests: [], reason: `the conditions of none of its ${results.length} assets hold` }
}

async function askSensor(
  sensor: Extract<FoundAutomation, { type: 'sensor' }>['spec'],
  { definitions, engine, store }: Around,
  cursor: string | undefined,
): Promise<Tested> {
  const { checkConfigOf, checkCursor, sensorRequests } = await import('../../../orchestrate/index.js')
  const state = (await store.automationStates()).find(({ name }) => name === sensor.name)
  const given = cursor === undefined ? undefined : cursorOf(cursor)
  if (given !== undefined) checkCursor(sensor, given)
  const result = await engine.evaluateSensor(sensor.name, {
    cursor: cursor === undefined ? state?.cursor : given,
    signal: interruptSignal(),
    delivery: undefined,
    news: undefined,
  })
  const requests = sensorRequests(sensor, result)
  for (const request of requests) checkConfigOf(definitions, request)
  const { skip: reason, dynamicPartitions } = result
  return { requests, reason, cursor: result.cursor, dynamicPartitions }
}

/** What a run of it would do. @throws as a run would be refused */
async function describe(engine: Engine, definitions: Definitions, request: RunRequest) {
  const { planRun, selectForRun, withDbtSelections } = await import('../../../orchestrate/index.js')
  const { selection, partitions, tags, config, runKey } = request
  const known = await withDbtSelections(definitions, selection, (selectors) => engine.selectDbt(selectors))
  const steps = planRun(known, selectForRun(known, selection))
  const sum = (of: 'assets' | 'checks') => steps.reduce((total, step) => total + step[of].length, 0)
  // The key is kept under the name of its sensor.
  const key = runKey?.split(' ').slice(2).join(' ')
  return { selection, partitions, tags, config, key, assets: sum('assets'), checks: sum('checks') }
}

function linesOf(
  {
    runs,
    reason,
    cursor,
    nextAt,
  }: Omit<Tested, 'requests'> & { runs: readonly Awaited<ReturnType<typeof describe>>[] },
  name: string,
): string[] {
  return [
    runs.length === 0
      ? `${name} would request nothing${reason === undefined ? '.' : `: ${reason}`}`
      : `${name} would request ${plural(runs.length, 'run')}${reason === undefined ? ':' : ` (${reason}):`}`,
    ...runs.map(({ selection, partitions, tags = {}, key, assets, checks }) =>
      [
        `  ${selectionWords(selection)}`,
        partitions && `partitions ${partitions}`,
        `(${plural(assets, 'asset')}, ${plural(checks, 'check')})`,
        key && `key ${key}`,
        ...Object.entries(tags).map(([tag, value]) => `${tag}=${value}`),
      ]
        .filter(Boolean)
        .join('  '),
    ),
    ...(cursor === undefined ? [] : [`Its cursor would be ${JSON.stringify(cursor)}.`]),
    ...(nextAt === undefined ? [] : [`It ticks next at ${localTime(nextAt)}.`]),
  ]
}
