import type { Engine } from '../../../platform/index.js'
import { SharedAnswer } from '../../shared-answer.js'

const trustedMs = 60_000

export interface WarehouseFacts {
  /** `duckdb`, `postgres`; `warehouse` while there is no engine to ask. */
  readonly type: string
  readonly path: string | undefined
}

/** What only the engine knows of connectors, asked once a minute at most. */
export class Connectors {
  readonly #engine: Engine
  readonly #now: () => number
  readonly #asked: SharedAnswer<WarehouseFacts>
  #known: { readonly facts: WarehouseFacts; readonly atMs: number } | undefined

  constructor(engine: Engine, clock: { monotonicMs(): number }) {
    this.#engine = engine
    this.#now = () => clock.monotonicMs()
    this.#asked = new SharedAnswer(async () => {
      const { warehouse } = await this.#engine.health()
      const facts = { type: warehouse.type, path: warehouse.path }
      this.#known = { facts, atMs: this.#now() }
      return facts
    })
  }

  async warehouse(): Promise<WarehouseFacts> {
    if (this.#known && this.#now() - this.#known.atMs < trustedMs) return this.#known.facts
    return this.#asked.get().catch(() => this.#known?.facts ?? { type: 'warehouse', path: undefined })
  }

  sources() {
    return this.#engine.sources()
  }

  destinations() {
    return this.#engine.destinations()
  }
}

/** `source-github` of `airbyte/source-github:1.2`; a connector of ours by its own name. */
export function connectorType(connector: string, { image }: Readonly<Record<string, unknown>>): string {
  const name = typeof image === 'string' ? /([^/:@]+)(?:[:@][^/]*)?$/.exec(image)?.[1] : undefined
  return connector === 'airbyte' && name !== undefined ? name.replace(/^(?:source|destination)-/, '') : connector
}
