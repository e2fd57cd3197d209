import { type AssetKey, type AssetSpec, dbtSelectorsOf, monitoredSelection } from '../../orchestrate/index.js'
import type { DefinitionParts } from './definition-parts.js'

/** By selector. */
type Selected<T> = Readonly<Record<string, readonly T[]>>

/** Of what dbt selected, the assets: tests, ephemeral models and what only describes are none. */
export function assetsOfNodes(assets: readonly AssetSpec[], selected: Selected<string>): Selected<AssetKey> {
  const keyOf = new Map(
    assets.flatMap(({ key, origin }) => (origin?.uniqueId ? [[origin.uniqueId, key] as const] : [])),
  )
  return Object.fromEntries(
    Object.entries(selected).map(([selector, ids]) => [selector, ids.flatMap((id) => keyOf.get(id) ?? [])]),
  )
}

/** All that targets leave to dbt; what cannot be read is told where targets are looked at. */
export function targetSelectors({ schedules, sensors, automations }: DefinitionParts): readonly string[] {
  const told = sensors.flatMap(({ monitored }) => (monitored && monitoredSelection(monitored)) ?? [])
  const targets = [...[...schedules, ...sensors, ...automations].flatMap(({ target }) => target ?? []), ...told]
  return [
    ...new Set(
      targets.flatMap((target) => {
        try {
          return dbtSelectorsOf(target)
        } catch {
          return []
        }
      }),
    ),
  ]
}
