import type { JsonSchema } from '../../contract.js'
import type { StreamDefinition } from './stream-definitions.js'

/** What an opened source has asked an API for about its streams: who reads after a discovery does not ask again. */
export class KnownStreams {
  readonly schemas = new WeakMap<object, Promise<JsonSchema>>()
  #dynamic: Promise<readonly StreamDefinition[]> | undefined

  dynamic(make: () => Promise<readonly StreamDefinition[]>): Promise<readonly StreamDefinition[]> {
    this.#dynamic ??= make().catch((error: unknown) => {
      this.#dynamic = undefined
      throw error
    })
    return this.#dynamic
  }
}
