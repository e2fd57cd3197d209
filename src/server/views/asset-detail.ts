import {
  type AssetSpec,
  type AutomationState,
  automationOfAsset,
  conditionName,
  type Definitions,
  type FreshnessPolicy,
  freshnessOf,
  freshnessText,
  type MetadataValue,
  nextTicks,
  outcomeOf,
  type Run,
  type RunEvent,
  switches,
} from '../../orchestrate/index.js'
import type { AssetDetail } from '../contract/index.js'
import type { Services } from '../services.js'
import { assetSummary, checkSummaries, columnViews } from './assets.js'
import { dimensionsOf, partitionsWords } from './partitions.js'
import { runSummary } from './runs.js'
import { askersOf } from './why.js'

const mostEvents = 50
/** Points of a plot: a year of days, or two weeks of hours. */
const mostPoints = 365
const mostOutcomes = 30

/** Everything that the page of one asset shows. */
export async function assetDetail(
  services: Services,
  definitions: Definitions,
  asset: AssetSpec,
): Promise<AssetDetail> {
  const { store, engine } = services
  const { key } = asset
  const now = services.clock.now()
  const checks = definitions.checks.filter((check) => check.asset === key).length
  const [states, [state], checkStates, events, made, evaluated, runs, automations, compiled] = await Promise.all([
    services.states.of(definitions),
    // Of itself with all that was noted.
    store.assetStates([key]),
    store.checkStates(key),
    store.readEvents({
      asset: key,
      types: ['asset_materialized', 'asset_failed', 'check_evaluated', 'asset_freshness', 'schema_changed'],
      newestFirst: true,
      limit: mostEvents,
    }),
    store.readEvents({ asset: key, types: ['asset_materialized'], newestFirst: true, limit: mostPoints }),
    store.readEvents({
      asset: key,
      types: ['check_evaluated'],
      newestFirst: true,
      limit: Math.max(1, checks) * mostOutcomes,
    }),
    store.listRuns({ asset: key, limit: 20 }),
    store.automationStates(),
    engine.compiledCode(key).catch(() => undefined),
  ])
  const code = asset.code ?? connectionCode(definitions, asset)
  const summary = (one: AssetSpec) => assetSummary(definitions, one, states)
  const lastSql = state?.lastMetadata?.compiled_sql
  const compiledCode =
    compiled ?? (typeof lastSql === 'object' && lastSql?.type === 'sql' ? lastSql.text.trim() : undefined)
  const checksOfAsset = { checks: new Map(checkStates.map((one) => [`${key} ${one.name}`, one])) }
  const lastStep = runs[0] && (await stepOf(store, runs[0], key))
  return {
    ...summary(asset),
    columns: columnViews(asset, state),
    ...(asset.partitions
      ? { partitions: partitionsWords(asset.partitions), partitionDimensions: dimensionsOf(asset.partitions) }
      : {}),
    ...(asset.relation ? { relation: { schema: asset.relation.schema, identifier: asset.relation.identifier } } : {}),
    ...(asset.source
      ? {
          source: {
            file: asset.source.file,
            ...(asset.source.line === undefined ? {} : { line: asset.source.line }),
          },
        }
      : {}),
    ...(code ? { code: { ...code } } : {}),
    ...(compiledCode === undefined ? {} : { compiledCode }),
    ...(asset.origin ? { origin: { ...asset.origin } } : {}),
    upstream: definitions.assets.filter((one) => asset.deps.includes(one.key)).map(summary),
    downstream: definitions.assets.filter((one) => one.deps.includes(key)).map(summary),
    checkList: checkSummaries(definitions, key, checksOfAsset).map((check) => ({
      ...check,
      history: outcomes(evaluated.filter((event) => event.check === check.name)),
    })),
    ...(lastStep ? { lastStep } : {}),
    automation: automationOf(definitions, key, { states: automations, now }),
    metadata: { ...asset.metadata },
    versions: { code: asset.codeVersion, madeBy: state?.lastCodeVersion, data: state?.lastDataVersion },
    events,
    plots: plots(made),
    ...(asset.freshness ? { freshness: freshnessView(asset.freshness, state?.lastMaterializedAt, now) } : {}),
    ...(state?.lastError ? { lastError: state.lastError } : {}),
    runs: runs.map(runSummary),
  }
}

/** What a person wrote of a stream is its connection. */
function connectionCode(definitions: Definitions, { origin }: AssetSpec): AssetSpec['code'] {
  const connection = definitions.connections.find((one) => one.name === origin?.connection)
  return connection && { language: 'yaml', text: connection.yaml }
}

function outcomes(events: readonly RunEvent[]): AssetDetail['checkList'][number]['history'] {
  return events.slice(0, mostOutcomes).map(({ at, runId, level, partitions, message, metadata = {} }) => {
    const told = Object.entries(metadata).filter(([, value]) => !isLong(value))
    return {
      at,
      runId,
      status: outcomeOf(level),
      ...(partitions === undefined ? {} : { partitions }),
      ...(message === undefined ? {} : { message }),
      ...(told.length === 0 ? {} : { metadata: Object.fromEntries(told) }),
    }
  })
}

const isLong = (value: MetadataValue) =>
  typeof value === 'object' && (value?.type === 'sql' || value?.type === 'columns')

async function stepOf(store: Services['store'], run: Run, asset: string): Promise<AssetDetail['lastStep']> {
  const [step] = await store.listSteps(run.id, asset)
  if (!step) return undefined
  return {
    runId: run.id,
    status: step.status,
    at: step.endedAt ?? step.startedAt ?? run.createdAt,
    ...(step.reason === undefined ? {} : { reason: step.reason }),
  }
}

/** Schedules and sensors whose selection holds the asset. One that selects nothing today runs nothing, and is not named. */
function automationOf(
  definitions: Definitions,
  key: string,
  { states, now }: { readonly states: readonly AutomationState[]; readonly now: Date },
): AssetDetail['automation'] {
  const { schedules, sensors } = askersOf(definitions, key)
  const isOn = switches(states)
  const own = automationOfAsset(definitions, key)
  return [
    ...schedules.map((schedule) => {
      const [next] = isOn(schedule) ? nextTicks(schedule.cron, schedule.timezone, now, 1) : []
      return {
        name: schedule.name,
        type: 'schedule' as const,
        isOn: isOn(schedule),
        ...(next ? { nextAt: next.toISOString() } : {}),
      }
    }),
    ...sensors.map((sensor) => ({ name: sensor.name, type: 'sensor' as const, isOn: isOn(sensor) })),
    ...(own
      ? [
          {
            name: own.automation.name,
            type: 'automation' as const,
            isOn: isOn(own.automation),
            condition: conditionName(own.condition),
          },
        ]
      : []),
  ]
}

function freshnessView(
  policy: FreshnessPolicy,
  madeAt: string | undefined,
  now: Date,
): NonNullable<AssetDetail['freshness']> {
  const { state, since, failsAt } = freshnessOf(policy, madeAt === undefined ? undefined : new Date(madeAt), now)
  return {
    policy: freshnessText(policy),
    state,
    ...(since ? { since: since.toISOString() } : {}),
    ...(failsAt ? { failsAt: failsAt.toISOString() } : {}),
  }
}

/** Every number in the metadata over time, oldest first. */
function plots(newestFirst: readonly RunEvent[]): AssetDetail['plots'] {
  const series = new Map<string, AssetDetail['plots'][number]['points']>()
  for (const event of [...newestFirst].reverse())
    for (const [name, value] of Object.entries(event.metadata ?? {})) {
      if (typeof value !== 'number') continue
      const points = series.get(name) ?? []
      points.push({ at: event.at, value, runId: event.runId })
      series.set(name, points)
    }
  return [...series].map(([name, points]) => ({ name, points }))
}
