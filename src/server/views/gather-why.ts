import {
  type AssetSpec,
  type Definitions,
  heldStatuses,
  type Run,
  switches,
  type Tick,
} from '../../orchestrate/index.js'
import type { AssetWhy } from '../contract/index.js'
import type { Services } from '../services.js'
import { isDaemonUp, queueFacts } from './deployment.js'
import { lateAssets } from './lateness.js'
import { askersOf, whyOf } from './why.js'

const mostGoing = 20

/** Joins what the store knows into the reasons why an asset was, or was not, made. */
export async function assetWhy(services: Services, definitions: Definitions, asset: AssetSpec): Promise<AssetWhy> {
  const { store } = services
  const { key } = asset
  const now = services.clock.now()
  const askers = askersOf(definitions, key)
  const askerNames = [...askers.schedules, ...askers.sensors].map(({ name }) => name)
  const [states, automations, queue, [latest], going, [evaluation], ticks] = await Promise.all([
    services.states.of(definitions),
    store.automationStates(),
    queueFacts(services),
    store.listRuns({ asset: key, statuses: ['succeeded', 'failed', 'cancelled'], limit: 1 }),
    store.listRuns({ asset: key, statuses: heldStatuses, limit: mostGoing }),
    store.conditionEvaluations({ asset: key, limit: 1 }),
    Promise.all(askerNames.map(async (name) => (await store.listTicks({ automation: name, limit: 1 }))[0])),
  ])
  const stepOf = async (run: Run) => {
    const [step] = await store.listSteps(run.id, key)
    return step && { run, step }
  }
  const steps = (await Promise.all(going.map(stepOf))).filter((one) => one !== undefined)
  return whyOf({
    definitions,
    asset,
    states,
    now,
    isDaemonUp: await isDaemonUp(services),
    hasSecret: (variable) => Boolean(services.secret(variable)),
    queue,
    askers,
    steps,
    last: latest && (await stepOf(latest)),
    automations,
    ticks: new Map(ticks.flatMap((tick): [string, Tick][] => (tick ? [[tick.automation, tick]] : []))),
    evaluation,
    late: lateAssets(definitions, switches(automations), states, now).get(key),
  })
}
