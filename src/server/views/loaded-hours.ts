import type { Definitions, LoadedInHour, OrchestrateStore } from '../../orchestrate/index.js'
import { hourMs, movedFrom } from './overview.js'

/** What is written in the last moment of an hour is seen within this time. */
const graceMs = 5 * 60_000

/** What syncs loaded during the past day. Hours that are over stay what they are, so they are added up once. */
export class LoadedHours {
  readonly #store: Pick<OrchestrateStore, 'loadedByHour'>
  #known: { readonly of: Definitions; readonly hours: readonly LoadedInHour[]; readonly settledUntil: Date } | undefined

  constructor(store: Pick<OrchestrateStore, 'loadedByHour'>) {
    this.#store = store
  }

  async of(definitions: Definitions, now: Date): Promise<readonly LoadedInHour[]> {
    const first = movedFrom(now)
    const known = this.#known?.of === definitions && this.#known.settledUntil > first ? this.#known : undefined
    const since = known?.settledUntil ?? first
    const assets = definitions.connections.flatMap(({ streams }) => streams.map((stream) => stream.asset))
    const read = await this.#store.loadedByHour({ assets, since })
    const before = known?.hours.filter(({ at }) => at >= first.toISOString() && at < since.toISOString()) ?? []
    const hours = [...before, ...read]
    const settledUntil = new Date(Math.floor((now.getTime() - graceMs) / hourMs) * hourMs)
    this.#known = { of: definitions, hours, settledUntil }
    return hours
  }
}
