import { isMapping } from '../../../base/index.js'
import { type AirbyteActor, connectorType, type DeclarativeDefinition } from './airbyte-facts.js'

type Mapping = Readonly<Record<string, unknown>>

/** What runs a manifest for which Airbyte has no image. */
const runner = 'declarative-manifest'
const injected = '__injected_declarative_manifest'

/** Whether an image is that which runs the manifests of the builder. */
export const isManifestRunner = (image: string | undefined): boolean =>
  image !== undefined && connectorType(image) === runner

/** A source with the manifest that it is. @param definition of the source, where it is a declarative one */
export function declarativeActor(actor: AirbyteActor, definition: DeclarativeDefinition | undefined): AirbyteActor {
  // Who runs such an image without a builder gives it the manifest with the settings.
  const { [injected]: own, ...config } = actor.config
  if (isMapping(own))
    return {
      ...actor,
      config,
      declarative: { name: actor.name, from: `Airbyte, settings of ${actor.name}`, manifest: own },
    }
  if (definition) return { ...actor, declarative: definition }
  if (!isManifestRunner(actor.image) && actor.type !== runner) return actor
  return {
    ...actor,
    declarative: { name: actor.name, from: `Airbyte, settings of ${actor.name}`, manifest: undefined },
  }
}

/** As JSON, or as a text that holds it. */
export function manifestOf(value: unknown): Mapping | undefined {
  if (isMapping(value)) return value
  if (typeof value !== 'string') return undefined
  try {
    const read: unknown = JSON.parse(value)
    return isMapping(read) ? read : undefined
  } catch {
    return undefined
  }
}
