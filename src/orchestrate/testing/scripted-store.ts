import type { FactStore } from '../conditions/gather-facts.js'
import type { AssetKey, CheckState, ConditionNews, PartitionStates } from '../contract/index.js'

/** Which partitions were made: their keys, and the same as a text. */
export interface MadePartitions {
  readonly keys: readonly string[]
  readonly text: string
}

interface Made {
  readonly id: number
  readonly type: 'made' | 'failed'
  readonly asset: AssetKey
  /** Undefined for an asset without partitions. */
  readonly cut: MadePartitions | undefined
  readonly run: string
  readonly at: Date
  readonly changed: boolean
}

interface ScriptedRun {
  readonly id: string
  readonly assets: readonly AssetKey[]
  readonly open: Set<AssetKey>
  readonly tags: Readonly<Record<string, string>>
  readonly partitions: string | undefined
  readonly at: Date
}

/** What conditions look at, as a test has told it. */
export class ScriptedStore implements FactStore {
  readonly keys = new Map<string, readonly string[]>()
  readonly #events: Made[] = []
  readonly #checks: { readonly id: number; readonly state: CheckState }[] = []
  readonly #runs: ScriptedRun[] = []
  #lastId = 0

  begin(
    assets: readonly AssetKey[],
    { tags, partitions, at }: { tags: Readonly<Record<string, string>>; partitions: string | undefined; at: Date },
  ): string {
    const id = `run ${this.#runs.length + 1}`
    this.#runs.push({ id, assets, open: new Set(assets), tags, partitions, at })
    return id
  }

  /** The run that has still to make an asset. */
  runOf(asset: AssetKey): string | undefined {
    return this.#runs.find(({ open }) => open.has(asset))?.id
  }

  active(): ConditionNews['active'] {
    return this.#runs
      .filter(({ open }) => open.size > 0)
      .map(({ id, assets, open, partitions, at }) => ({
        id,
        selection: assets.join(' '),
        partitions,
        createdAt: at.toISOString(),
        open: [...open],
      }))
  }

  made(
    asset: AssetKey,
    cut: MadePartitions | undefined,
    { run, at, changed }: { run: string; at: Date; changed: boolean },
  ): void {
    this.#events.push({ id: ++this.#lastId, type: 'made', asset, cut, run, at, changed })
    this.#close(run, asset)
  }

  failed(asset: AssetKey, cut: MadePartitions | undefined, { run, at }: { run: string; at: Date }): void {
    this.#events.push({ id: ++this.#lastId, type: 'failed', asset, cut, run, at, changed: false })
    this.#close(run, asset)
  }

  checked(asset: AssetKey, name: string, passed: boolean, at: Date): void {
    const runId = this.#events.findLast((event) => event.asset === asset)?.run ?? 'none'
    const state = { asset, name, passed, severity: 'error', at: at.toISOString(), runId } as const
    this.#checks.push({ id: ++this.#lastId, state })
  }

  addPartitions(name: string, keys: readonly string[]): void {
    this.keys.set(name, [...new Set([...(this.keys.get(name) ?? []), ...keys])])
  }

  async dynamicPartitions() {
    return this.keys
  }

  async listBackfills() {
    return []
  }

  async checkStates(): Promise<CheckState[]> {
    return [...new Map(this.#checks.map(({ state }) => [`${state.asset} ${state.name}`, state])).values()]
  }

  async partitionStates(asset: AssetKey): Promise<PartitionStates> {
    const last = new Map<string, Made['type']>()
    const everMade = new Set<string>()
    for (const { type, cut } of this.#events.filter((event) => event.asset === asset))
      for (const key of cut?.keys ?? []) {
        last.set(key, type)
        if (type === 'made') everMade.add(key)
      }
    const of = (type: Made['type']) => [...last].filter(([, state]) => state === type).map(([key]) => key)
    return { made: of('made'), failed: of('failed'), failedSinceMade: of('failed').filter((key) => everMade.has(key)) }
  }

  async conditionNews(after: number): Promise<ConditionNews> {
    const events = this.#events.filter(({ id }) => id > after)
    const updates = events.filter(({ type }) => type === 'made')
    const assets = [...new Set(this.#events.map(({ asset }) => asset))]
    const lastOf = (asset: AssetKey, type?: Made['type']) =>
      this.#events.findLast((event) => event.asset === asset && (type === undefined || event.type === type))
    return {
      eventId: this.#lastId,
      updates: updates.map(({ asset, at, run, cut, changed }) => ({
        asset,
        atMs: at.getTime(),
        runId: run,
        partitions: cut?.text,
        hasChanged: changed,
      })),
      touched: [...new Set(events.map(({ asset }) => asset))],
      evaluatedChecks: this.#checks.filter(({ id }) => id > after).map(({ state }) => `${state.asset} ${state.name}`),
      assets: assets.map((key) => ({
        key,
        madeAt: lastOf(key, 'made')?.at.toISOString(),
        hasFailed: lastOf(key)?.type === 'failed',
        lastRunId: lastOf(key)?.run,
      })),
      runs: this.#runs.map(({ id, tags, assets }) => ({ id, tags, assets })),
      active: this.active(),
    }
  }

  #close(run: string, asset: AssetKey): void {
    this.#runs.find(({ id }) => id === run)?.open.delete(asset)
  }
}
