import { requireMakeable } from '../assets/broken-parts.js'
import { dbtSelectorsOf } from '../assets/dbt-selectors.js'
import { AssetGraph } from '../assets/select-assets.js'
import { selectForRun } from '../assets/select-for-run.js'
import { upstreamFirst } from '../assets/upstream-first.js'
import type { AssetKey, Definitions, OrchestrateStore, PlannedStep, Run, RunEvent } from '../contract/index.js'
import { isOfAll, type RunPartitions, type ToldMade } from './run-partitions.js'
import { checkKey } from './run-progress.js'

/** What a run will execute: steps that produce the selected assets, and the checks on them, in an order that works. */
export function planRun(definitions: Definitions, assets: ReadonlySet<AssetKey>): PlannedStep[] {
  const graph = AssetGraph.of(definitions.assets)
  const executable = new Set([...assets].filter((key) => graph.assets.get(key)?.isExecutable))
  const checksByStep = new Map<string, { asset: AssetKey; name: string }[]>()
  const checkDeps = new Map<string, readonly AssetKey[]>()
  for (const { asset, name, step, deps } of definitions.checks) {
    if (!executable.has(asset)) continue
    checksByStep.set(step, [...(checksByStep.get(step) ?? []), { asset, name }])
    checkDeps.set(checkKey(asset, name), deps)
  }
  const steps = definitions.steps
    .filter((step) => checksByStep.has(step.key) || step.assets.some((asset) => executable.has(asset)))
    .map((step) => ({
      key: step.key,
      kind: step.kind,
      assets: step.assets.filter((asset) => executable.has(asset)),
      checks: checksByStep.get(step.key) ?? [],
    }))
  const producer = new Map(steps.flatMap((step) => step.assets.map((asset) => [asset, step.key] as const)))
  const needs = (step: (typeof steps)[number]): AssetKey[] => [
    ...step.assets.flatMap((asset) => graph.parents(asset)),
    ...step.checks
      .filter((check) => !step.assets.includes(check.asset))
      .flatMap((check) => [check.asset, ...(checkDeps.get(checkKey(check.asset, check.name)) ?? [])]),
  ]
  const planned = steps.map((step) => ({
    ...step,
    upstream: [...new Set(needs(step).flatMap((asset) => producer.get(asset) ?? []))].filter((key) => key !== step.key),
  }))
  const byKey = new Map(planned.map((step) => [step.key, step]))
  return upstreamFirst(planned, ({ upstream }) => upstream.flatMap((key) => byKey.get(key) ?? []))
}

/**
 * Of some assets, those that a run did not make, or that a check found bad and failed its step. Of an asset whose partitions it
 * made some of, these are taken from what is open.
 */
export async function unfinishedAssets(
  store: Pick<OrchestrateStore, 'listSteps' | 'readEvents'>,
  runId: string,
  assets: ReadonlySet<AssetKey>,
  partitions: RunPartitions | undefined,
): Promise<Set<AssetKey>> {
  const [steps, events] = await Promise.all([
    store.listSteps(runId),
    store.readEvents({ runId, types: ['asset_materialized', 'check_evaluated'], limit: 1_000_000 }),
  ])
  const told = new ToldOf(events)
  const isMade = (asset: AssetKey) => {
    const made = told.made.get(asset)
    return made !== undefined && (partitions?.leaveOut(asset, made, told.badOf(asset)) ?? made.some(isOfAll))
  }
  const unfinished = steps
    .filter((step) => step.status !== 'succeeded')
    .flatMap((step) => [
      ...step.assets.filter((asset) => !isMade(asset)),
      ...step.checks.filter(({ asset, name }) => !told.isGood(asset, name)).map(({ asset }) => asset),
    ])
  return new Set(unfinished.filter((asset) => assets.has(asset)))
}

/** How many assets and checks a run of a selection is about. @throws as the run would be refused */
export function plannedSize(definitions: Definitions, selection: string): { assets: number; checks: number } {
  const steps = planRun(definitions, selectForRun(definitions, selection))
  const sum = (of: 'assets' | 'checks') => steps.reduce((total, step) => total + step[of].length, 0)
  return { assets: sum('assets'), checks: sum('checks') }
}

/**
 * The assets that a run is about. What dbt says to a selector such as `state:modified` is another answer once some of it was made: a run from failure
 * is about what its parent had planned.
 * @throws PROJECT_BROKEN, SELECTION_INVALID
 */
export async function assetsForRun(
  store: Pick<OrchestrateStore, 'listSteps'>,
  definitions: Definitions,
  { selection, rerun, parentRunId }: Pick<Run, 'selection' | 'rerun' | 'parentRunId'>,
): Promise<Set<AssetKey>> {
  if (rerun !== 'from_failure' || parentRunId === undefined || dbtSelectorsOf(selection).length === 0)
    return selectForRun(definitions, selection)
  const known = new Set(definitions.assets.map(({ key }) => key))
  const planned = (await store.listSteps(parentRunId)).flatMap(({ assets, checks }) => [
    ...assets,
    ...checks.map(({ asset }) => asset),
  ])
  const assets = new Set(planned.filter((asset) => known.has(asset)))
  requireMakeable(definitions, assets)
  return assets
}

/** What a run told of its assets, by partitions. */
class ToldOf {
  readonly made = new Map<AssetKey, ToldMade[]>()
  /** By check: what it found last, of each choice of partitions. */
  readonly #checks = new Map<AssetKey, Map<string, Map<string | undefined, boolean>>>()

  constructor(events: readonly RunEvent[]) {
    for (const { type, asset = '', check = '', partitions, level } of events)
      if (type === 'asset_materialized') this.made.set(asset, [...(this.made.get(asset) ?? []), { partitions, level }])
      else this.#noteCheck(asset, check, partitions, level !== 'error')
  }

  #noteCheck(asset: AssetKey, check: string, partitions: string | undefined, isGood: boolean): void {
    const checks = this.#checks.get(asset) ?? new Map<string, Map<string | undefined, boolean>>()
    this.#checks.set(asset, checks)
    checks.set(check, (checks.get(check) ?? new Map()).set(partitions, isGood))
  }

  /** One that was never asked is not. */
  isGood(asset: AssetKey, check: string): boolean {
    const found = this.#checks.get(asset)?.get(check)
    return found !== undefined && [...found.values()].every((isGood) => isGood)
  }

  badOf(asset: AssetKey): readonly (string | undefined)[] {
    const checks = [...(this.#checks.get(asset)?.values() ?? [])]
    return checks.flatMap((found) => [...found].flatMap(([partitions, isGood]) => (isGood ? [] : [partitions])))
  }
}
