import { AssetGraph } from '../assets/select-assets.js'
import { selectForRun } from '../assets/select-for-run.js'
import type { AssetKey, Definitions, Run, RunStep } from '../contract.js'

export type PlannedStep = Omit<RunStep, 'runId' | 'status' | 'attempt'>

/** What a run will execute: steps that produce the selected assets, and the checks on them, in an order that works. */
export function planRun(definitions: Definitions, assets: ReadonlySet<AssetKey>): PlannedStep[] {
  const executable = new Set(
    definitions.assets.filter((asset) => asset.isExecutable && assets.has(asset.key)).map((asset) => asset.key),
  )
  const checksByStep = new Map<string, { asset: AssetKey; name: string }[]>()
  for (const check of definitions.checks)
    if (executable.has(check.asset))
      checksByStep.set(check.step, [...(checksByStep.get(check.step) ?? []), { asset: check.asset, name: check.name }])
  const steps = definitions.steps
    .map((step) => ({
      key: step.key,
      kind: step.kind,
      assets: step.assets.filter((asset) => executable.has(asset)),
      checks: checksByStep.get(step.key) ?? [],
    }))
    .filter((step) => step.assets.length > 0 || step.checks.length > 0)
  const producer = new Map(steps.flatMap((step) => step.assets.map((asset) => [asset, step.key] as const)))
  const graph = new AssetGraph(definitions.assets)
  const needs = (step: (typeof steps)[number]): AssetKey[] => [
    ...step.assets.flatMap((asset) => graph.parents(asset)),
    ...step.checks
      .filter((check) => !step.assets.includes(check.asset))
      .flatMap((check) => [check.asset, ...checkDeps(definitions, check)]),
  ]
  const planned = steps.map((step) => ({
    ...step,
    upstream: [...new Set(needs(step).flatMap((asset) => producer.get(asset) ?? []))].filter((key) => key !== step.key),
  }))
  return sorted(planned)
}

function checkDeps(definitions: Definitions, { asset, name }: { asset: AssetKey; name: string }): readonly AssetKey[] {
  return definitions.checks.find((check) => check.asset === asset && check.name === name)?.deps ?? []
}

/** Each step after those it waits for. */
function sorted(steps: readonly PlannedStep[]): PlannedStep[] {
  const byKey = new Map(steps.map((step) => [step.key, step]))
  const done = new Set<string>()
  const order: PlannedStep[] = []
  const visit = (step: PlannedStep) => {
    if (done.has(step.key)) return
    done.add(step.key)
    for (const key of step.upstream) {
      const upstream = byKey.get(key)
      if (upstream) visit(upstream)
    }
    order.push(step)
  }
  for (const step of steps) visit(step)
  return order
}

/** The assets of a run: its selection, or for a re-run from failure what its parent did not finish. */
export function assetsOfRun(definitions: Definitions, run: Run, parentSteps: readonly RunStep[]): Set<AssetKey> {
  const selected = selectForRun(definitions, run.selection)
  if (run.rerun !== 'from_failure') return selected
  const unfinished = new Set(
    parentSteps
      .filter((step) => step.status !== 'succeeded')
      .flatMap((step) => [...step.assets, ...step.checks.map((check) => check.asset)]),
  )
  return new Set([...selected].filter((key) => unfinished.has(key)))
}
