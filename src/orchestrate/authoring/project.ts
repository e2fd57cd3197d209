import type { CheckDefinition } from './checks/check.js'
import type { AnyAsset, AutomationDefinition, ExternalAssetDefinition, ScheduleDefinition } from './define.js'
import type { MultiAssetDefinition } from './multi-asset.js'
import { invalid } from './require.js'
import type { SensorDefinition } from './sensor.js'

export type Definition =
  | AnyAsset
  | MultiAssetDefinition
  | ExternalAssetDefinition
  | CheckDefinition
  | ScheduleDefinition
  | SensorDefinition
  | AutomationDefinition
export interface ProjectDefinition {
  readonly type: 'project'
  readonly definitions: readonly Definition[]
}

/** What `definitions.ts` exports as its default. */
export function defineProject(...definitions: readonly Definition[]): ProjectDefinition {
  const types: readonly unknown[] = ['asset', 'multi', 'external', 'check', 'schedule', 'sensor', 'automation']
  const multiAssets = new Set<string>()
  for (const [i, definition] of definitions.entries()) {
    if (!types.includes(definition?.type)) throw notOne(i + 1, definition)
    if (definition.type !== 'multi') continue
    if (multiAssets.has(definition.name))
      throw invalid(`Two multi-assets are called ${definition.name}.`, 'Give one of them another name.')
    multiAssets.add(definition.name)
  }
  return { type: 'project', definitions }
}

function notOne(place: number, found: unknown) {
  const isResource = (found as { type?: unknown } | undefined)?.type === 'resource'
  return invalid(
    `What stands at place ${place} of defineProject(…) is not a definition.`,
    isResource
      ? 'A resource is given to what uses it: asset(key, { resources: { api: myResource }, … }).'
      : 'Give it what asset(), multiAsset(), externalAsset(), check(), schedule(), sensor() and automation() answer.',
  )
}
