import type { MillraceError } from '../../base/index.js'
import { AssetGraph, selectAssets } from '../assets/select-assets.js'
import type { AssetKey, AutomationCondition, AutomationSpec, Definitions } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'

/** An asset that is made when its condition says so. */
export interface AutomatedAsset {
  readonly asset: AssetKey
  readonly condition: AutomationCondition
  /** The name of the automation whose switch counts. */
  readonly automation: string
}

/** The automation of assets that bring their own condition. */
export const ownConditions = 'asset_conditions'

type Parts = Pick<Definitions, 'assets' | 'automations'>

const known = new WeakMap<Parts['assets'], readonly AutomatedAsset[]>()

/** Each after those that it reads, so that what these will do is known. */
export function automatedAssets(definitions: Parts): readonly AutomatedAsset[] {
  let found = known.get(definitions.assets)
  if (!found) {
    found = inOrder(definitions, conditionsOf(definitions).byAsset)
    known.set(definitions.assets, found)
  }
  return found
}

/** The automations of a project, with the one of the assets' own conditions where there are any. */
export function allAutomations({ assets, automations }: Parts): readonly AutomationSpec[] {
  if (!assets.some(({ condition }) => condition)) return automations
  return [
    ...automations,
    {
      name: ownConditions,
      description: 'Assets that say themselves when they are to be made.',
      isOnByDefault: true,
    },
  ]
}

/** What makes an asset by itself, and when; undefined where nothing does. */
export function automationOfAsset(
  definitions: Parts,
  asset: AssetKey,
): { readonly automation: AutomationSpec; readonly condition: AutomationCondition } | undefined {
  const own = automatedAssets(definitions).find((one) => one.asset === asset)
  const automation = allAutomations(definitions).find(({ name }) => name === own?.automation)
  return own && automation && { automation, condition: own.condition }
}

/** Assets that two automations want to rule. */
export function automationProblems(definitions: Parts): MillraceError[] {
  return conditionsOf(definitions).problems
}

function conditionsOf(definitions: Parts): {
  readonly byAsset: ReadonlyMap<AssetKey, AutomatedAsset>
  readonly problems: MillraceError[]
} {
  const byAsset = new Map<AssetKey, AutomatedAsset>()
  const problems: MillraceError[] = []
  for (const { key, condition, isExecutable } of definitions.assets)
    if (condition && isExecutable) byAsset.set(key, { asset: key, condition, automation: ownConditions })
  const executable = new Set(definitions.assets.filter((one) => one.isExecutable).map(({ key }) => key))
  for (const { name, target, condition, source } of definitions.automations) {
    if (target === undefined || !condition) continue
    let chosen: ReadonlySet<AssetKey>
    try {
      chosen = selectAssets(definitions, target)
    } catch {
      // Told where targets of schedules are.
      continue
    }
    for (const asset of chosen) {
      if (!executable.has(asset)) continue
      const other = byAsset.get(asset)
      // What an asset says of itself is more particular than what is said of many.
      if (other?.automation === ownConditions) continue
      if (other) {
        problems.push(
          orchestrateErrors.create('DEFINITIONS_INVALID', {
            message: `${asset} is in the target of two automations, ${other.automation} and ${name}.`,
            hint: `Take it out of one of them (\`not ${asset}\`), or give the asset a condition of its own.`,
            at: source,
          }),
        )
        break
      }
      byAsset.set(asset, { asset, condition, automation: name })
    }
  }
  return { byAsset, problems }
}

function inOrder({ assets }: Parts, byAsset: ReadonlyMap<AssetKey, AutomatedAsset>): AutomatedAsset[] {
  const graph = AssetGraph.of(assets)
  const done = new Set<AssetKey>()
  const order: AutomatedAsset[] = []
  // Without recursion: a chain of models may be as long as a project.
  for (const start of byAsset.keys()) {
    const open: { key: AssetKey; isBelow: boolean }[] = [{ key: start, isBelow: false }]
    for (let at = open.pop(); at; at = open.pop()) {
      if (at.isBelow) {
        const own = byAsset.get(at.key)
        if (own) order.push(own)
        continue
      }
      if (done.has(at.key)) continue
      done.add(at.key)
      open.push({ key: at.key, isBelow: true })
      for (const key of graph.parents(at.key)) if (!done.has(key)) open.push({ key, isBelow: false })
    }
  }
  return order
}
