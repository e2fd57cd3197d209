import {
  type AutomationSpec,
  type AutomationState,
  type AutomationType,
  allAutomations,
  automatedAssets,
  automationOfAsset,
  conditionName,
  type Definitions,
  isSwitchedOn,
  monitoredWords,
  nextTicks,
  type OrchestrateStore,
  type ScheduleSpec,
  type SensorSpec,
  switches,
} from '../../orchestrate/index.js'
import type { AssetConditions, AutomationView } from '../contract/index.js'
import type { Services } from '../services.js'
import { targetOf } from './lateness.js'
import { runSummary } from './runs.js'

const ticksShown = 50
const runsShown = 20
/** Of each tick: a sensor may ask for thousands at once. */
const tickRunsShown = 10
const evaluationsShown = 50
const nextShown = 5

type Switched = Pick<ScheduleSpec, 'name' | 'isOnByDefault'>

/** Everything that runs something by itself, with what became of it. */
export async function automationViews(
  { store, project, secret, clock }: Pick<Services, 'store' | 'project' | 'secret' | 'clock'>,
  definitions: Definitions,
): Promise<AutomationView[]> {
  const [states, cursor] = await Promise.all([store.automationStates({ withCursors: true }), store.conditionCursor()])
  const byName = new Map(states.map((state) => [state.name, state]))
  const webhookView = (name: string, variable: string) => ({
    webhook: {
      address: `${project.server?.url ?? ''}/api/hooks/${encodeURIComponent(name)}`,
      secret: variable,
      hasSecret: Boolean(secret(variable)),
    },
  })
  const common = async (type: AutomationType, one: Switched & { readonly description: string }) => ({
    name: one.name,
    description: one.description,
    isOn: isSwitchedOn(one, byName.get(one.name)),
    ...failureOf(byName.get(one.name)),
    ...(await history(store, type, one.name)),
  })
  return Promise.all([
    ...definitions.schedules.map(async (one) =>
      scheduleView(definitions, one, { ...(await common('schedule', one)), now: clock.now() }),
    ),
    ...definitions.sensors.map(async (one) => ({
      ...sensorView(definitions, one, await common('sensor', one)),
      ...(one.webhook ? webhookView(one.name, one.webhook.secret) : {}),
      ...(one.observes === undefined ? {} : { observes: one.observes }),
      ...(one.monitored ? { monitored: monitoredWords(one.monitored) } : {}),
      cursor: byName.get(one.name)?.cursor,
    })),
    ...allAutomations(definitions).map(async (one) => ({
      ...conditionsView(definitions, one, await common('automation', one)),
      ...(cursor ? { evaluatedAt: cursor.at } : {}),
    })),
  ])
}

const failureOf = (state: AutomationState | undefined) => (state?.failure ? { failure: state.failure } : {})

type Common = Pick<AutomationView, 'name' | 'description' | 'isOn' | 'failure' | 'ticks' | 'runs'>

const scheduleView = (
  definitions: Definitions,
  schedule: ScheduleSpec,
  { now, ...common }: Common & { readonly now: Date },
): AutomationView => ({
  ...common,
  type: 'schedule',
  target: schedule.target,
  ...targetSize(definitions, schedule.target),
  cron: [schedule.cron].flat(),
  timezone: schedule.timezone,
  nextTicks: common.isOn
    ? nextTicks(schedule.cron, schedule.timezone, now, nextShown).map((at) => at.toISOString())
    : [],
})

const sensorView = (definitions: Definitions, sensor: SensorSpec, common: Common): AutomationView => ({
  ...common,
  type: 'sensor',
  target: sensor.target,
  ...targetSize(definitions, sensor.target),
  intervalMs: sensor.intervalMs,
  nextTicks: [],
})

function conditionsView(
  definitions: Definitions,
  { name, target = '' }: AutomationSpec,
  common: Common,
): AutomationView {
  const own = automatedAssets(definitions).filter(({ automation }) => automation === name)
  const counts = new Map<string, number>()
  for (const { condition } of own) {
    const label = conditionName(condition)
    counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  return {
    ...common,
    type: 'automation',
    target,
    ...(own.length > 0 ? { targetAssets: own.length } : {}),
    nextTicks: [],
    conditions: [...counts].map(([label, assets]) => ({ label, assets })),
  }
}

async function history(
  store: OrchestrateStore,
  type: AutomationType,
  name: string,
): Promise<Pick<AutomationView, 'ticks' | 'runs'>> {
  const [ticks, runs] = await Promise.all([
    store.listTicks({ automation: name, limit: ticksShown }),
    store.listRuns({ trigger: { type, name }, limit: runsShown }),
  ])
  return { ticks: ticks.map(tickView), runs: runs.map(runSummary) }
}

export function tickView({ cursor: _, ...tick }: Awaited<ReturnType<OrchestrateStore['listTicks']>>[number]) {
  return { ...tick, runCount: tick.runIds.length, runIds: tick.runIds.slice(0, tickRunsShown) }
}

function targetSize(definitions: Definitions, target: string): { targetAssets?: number } {
  const { size } = targetOf(definitions, target)
  return size > 0 ? { targetAssets: size } : {}
}

/** Why the condition of an asset did, or did not, request it; undefined where it has none. */
export async function assetConditions(
  store: OrchestrateStore,
  definitions: Definitions,
  asset: string,
): Promise<AssetConditions | undefined> {
  const automation = automationOfAsset(definitions, asset)?.automation
  if (!automation) return undefined
  const [states, cursor, evaluations] = await Promise.all([
    store.automationStates(),
    store.conditionCursor(),
    store.conditionEvaluations({ asset, limit: evaluationsShown }),
  ])
  return {
    automation: automation.name,
    isOn: switches(states)(automation),
    ...(cursor ? { evaluatedAt: cursor.at } : {}),
    evaluations: evaluations.map(({ at, tree, isRequested, partitions, runId }) => ({
      at,
      tree: tree as AssetConditions['evaluations'][number]['tree'],
      isRequested,
      ...(partitions === undefined ? {} : { partitions }),
      ...(runId === undefined ? {} : { runId }),
    })),
  }
}
