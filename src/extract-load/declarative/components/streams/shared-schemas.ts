import type { JsonSchema } from '../../../contract.js'
import type { SharedParts } from '../../component.js'
import type { SchemaLoader } from '../../component-contract.js'

const key = Symbol('schemas')

export type KnownSchemas = WeakMap<object, Promise<JsonSchema>>

/** Before any stream is built: schemas of streams, by their definitions, as far as they were asked for. */
export const shareSchemas = (shared: SharedParts, schemas: KnownSchemas): void => void shared.once(key, () => schemas)

/** Asks once for each stream; one that could not be had is asked for again. */
export function sharedSchema(shared: SharedParts, definition: object, loader: SchemaLoader): SchemaLoader {
  const schemas = shared.once<KnownSchemas>(key, () => new WeakMap())
  return {
    schema: () => {
      const known = schemas.get(definition)
      if (known) return known
      const asked = loader.schema().catch((error: unknown) => {
        schemas.delete(definition)
        throw error
      })
      schemas.set(definition, asked)
      return asked
    },
  }
}
