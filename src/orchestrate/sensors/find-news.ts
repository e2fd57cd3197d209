import { selectAssets } from '../assets/select-assets.js'
import type {
  AssetKey,
  Definitions,
  EndedRun,
  EndStatus,
  Materialization,
  MonitoredAssets,
  MonitoredRuns,
  OrchestrateStore,
  Run,
  RunEvent,
  SensorNews,
  SensorSpec,
} from '../contract/index.js'

/** What there is to tell a sensor, up to an event. */
export interface FoundNews {
  readonly news: SensorNews
  readonly upTo: number
}

export type NewsStore = Pick<OrchestrateStore, 'readEvents' | 'getRun' | 'listSteps' | 'unmadeSince'>

/** Of single materializations a tick is told so many at most, and the next one of the others. */
export const mostTold = 100
/** Of those that came until all assets were made. */
const mostOfAll = 1_000

/** What came so far for a sensor that waits for all of its assets: of the same definitions only, and each event looked at once. */
export interface Gathered {
  upTo: number
  found: readonly RunEvent[]
  /** Undefined until every one was made, if by its own runs. */
  missing: ReadonlySet<AssetKey> | undefined
}

interface Around {
  readonly store: NewsStore
  readonly definitions: Pick<Definitions, 'assets'>
  /** Events after this one. */
  readonly after: number
  /** What is added to. */
  readonly gathered: Gathered
}

/** The next that a sensor has to be told; undefined where there is nothing. @throws SELECTION_INVALID */
export function findNews(
  around: Around,
  sensor: Pick<SensorSpec, 'name' | 'monitored'>,
): Promise<FoundNews | undefined> {
  const { name, monitored } = sensor
  if (monitored?.type === 'run') return nextRun(around, name, monitored)
  if (monitored?.type === 'materializations')
    return monitored.all ? allMade(around, name, monitored) : made(around, name, monitored)
  return Promise.resolve(undefined)
}

async function made(around: Around, sensor: string, told: MonitoredAssets): Promise<FoundNews | undefined> {
  const types = ['asset_materialized'] as const
  for await (const events of pages(around, { types, assets: assetsOf(around, told) })) {
    const wanted = await wantedOf(around, sensor, told, events)
    const last = events.at(-1)
    if (last && wanted.length > 0) return newsOf(wanted, last.id)
  }
  return undefined
}

/** They are told at the event that is the last one that was missing: what comes after it counts for the next time. */
async function allMade(around: Around, sensor: string, told: MonitoredAssets): Promise<FoundNews | undefined> {
  const { store, after, gathered } = around
  const assets = assetsOf(around, told)
  if (!gathered.missing) {
    // One that is missing is found soon, however often the others were made.
    if ((await store.unmadeSince(assets, after)) !== undefined) return undefined
    gathered.missing = new Set(assets)
  }
  for await (const events of pages({ store, after: gathered.upTo }, { types: ['asset_materialized'], assets })) {
    const wanted = await wantedOf(around, sensor, told, events)
    const missing: Set<AssetKey> = new Set(gathered.missing)
    for (const [i, { id, asset = '' }] of wanted.entries()) {
      missing.delete(asset)
      // Nothing is added: until it has been told, it is found again.
      if (missing.size === 0) return newsOf(newest([...gathered.found, ...wanted.slice(0, i + 1)]), id)
    }
    const found = [...gathered.found, ...wanted]
    gathered.found = found.length > 2 * mostOfAll ? newest(found) : found
    gathered.missing = missing
    gathered.upTo = events.at(-1)?.id ?? gathered.upTo
  }
  return undefined
}

/** Of many the last ones, and the last one of each asset. */
function newest(events: RunEvent[]): RunEvent[] {
  const lastOf = new Map(events.map((event) => [event.asset, event.id]))
  const from = events.length - mostOfAll
  return events.filter((event, i) => i >= from || lastOf.get(event.asset) === event.id)
}

const assetsOf = ({ definitions }: Around, { assets }: MonitoredAssets): AssetKey[] => [
  ...selectAssets(definitions, assets),
]

async function* pages(
  { store, after }: Pick<Around, 'store' | 'after'>,
  filter: Pick<Parameters<NewsStore['readEvents']>[0], 'types' | 'assets'>,
): AsyncGenerator<RunEvent[]> {
  for (let from = after; ; ) {
    const events = await store.readEvents({ ...filter, after: from, limit: mostTold })
    if (events.length > 0) yield events
    if (events.length < mostTold) return
    from = events.at(-1)?.id ?? from
  }
}

/** Without those of runs that the sensor requested itself. */
async function wantedOf(
  { store }: Around,
  sensor: string,
  { ownRuns }: MonitoredAssets,
  events: readonly RunEvent[],
): Promise<RunEvent[]> {
  if (ownRuns) return [...events]
  const own = new Set<string>()
  for (const id of new Set(events.map(({ runId }) => runId))) {
    const run = await store.getRun(id)
    if (run && isOf(await firstRun(store, run), sensor)) own.add(id)
  }
  return events.filter(({ runId }) => !own.has(runId))
}

async function nextRun(around: Around, sensor: string, told: MonitoredRuns): Promise<FoundNews | undefined> {
  const { store } = around
  const types = told.statuses.map((status) => `run_${status}` as const)
  for await (const events of pages(around, { types }))
    for (const event of events) {
      const run = await store.getRun(event.runId)
      if (run && (await isTold(around, sensor, told, run)))
        return { news: { type: 'run', run: endedRun(run, event) }, upTo: event.id }
    }
  return undefined
}

async function isTold({ store, definitions }: Around, sensor: string, { of, ownRuns }: MonitoredRuns, run: Run) {
  const { assets, startedBy, tags = {} } = of ?? {}
  if (Object.entries(tags).some(([key, value]) => run.tags[key] !== value)) return false
  if (!ownRuns || startedBy) {
    const first = await firstRun(store, run)
    if (!ownRuns && isOf(first, sensor)) return false
    if (startedBy && !startedBy.some((name) => name === first.trigger.name)) return false
  }
  if (assets === undefined) return true
  const wanted = selectAssets(definitions, assets)
  return [...(await assetsOfRun(store, definitions, run))].some((asset) => wanted.has(asset))
}

/** What it was to make: by its plan, or where it did not come so far by its selection. */
async function assetsOfRun(
  store: NewsStore,
  definitions: Pick<Definitions, 'assets'>,
  run: Run,
): Promise<Iterable<AssetKey>> {
  const steps = await store.listSteps(run.id)
  if (steps.length > 0) return steps.flatMap((step) => step.assets)
  try {
    return selectAssets(definitions, run.selection)
  } catch {
    // What it named is gone.
    return []
  }
}

/** More nobody tries again. */
const mostTries = 100

/** The run that a run tries again, or the one that that does. */
async function firstRun(store: NewsStore, run: Run): Promise<Run> {
  let first = run
  for (let tries = 0; tries < mostTries && first.parentRunId !== undefined; tries++) {
    const parent = await store.getRun(first.parentRunId)
    if (!parent) break
    first = parent
  }
  return first
}

const isOf = ({ trigger }: Run, sensor: string) => trigger.type === 'sensor' && trigger.name === sensor

const newsOf = (events: readonly RunEvent[], upTo: number): FoundNews => ({
  news: { type: 'materializations', materializations: events.map(materializationOf) },
  upTo,
})

const materializationOf = ({ id, asset = '', runId, at, partitions, metadata = {} }: RunEvent): Materialization => ({
  id,
  asset,
  runId,
  at,
  ...(partitions === undefined ? {} : { partitions }),
  metadata,
  hasChanged: metadata.unchanged !== true,
})

function endedRun(run: Run, event: RunEvent): EndedRun {
  const { id, selection, tags, partitions, trigger, parentRunId, error, createdAt, startedAt } = run
  return {
    id,
    status: event.type.slice('run_'.length) as EndStatus,
    selection,
    tags,
    trigger,
    createdAt,
    endedAt: run.endedAt ?? event.at,
    ...(partitions === undefined ? {} : { partitions }),
    ...(parentRunId === undefined ? {} : { parentRunId }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(error === undefined ? {} : { error }),
  }
}
