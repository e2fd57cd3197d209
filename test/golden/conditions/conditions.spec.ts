import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type AssetSpec,
  type AutomationCondition,
  automatedAssets,
  type ConditionFacts,
  type ConditionMemory,
  evaluateConditions,
  PartitionSet,
  type PartitionSpace,
  type PartitionsSpec,
  partitionSpace,
  when,
} from '../../../src/orchestrate/index.js'
import { assetSpec, definitionsOf } from '../../orchestrate/definitions.js'

type Written =
  | AutomationCondition
  | { readonly composite: 'eager' | 'onMissing' | 'onCron'; readonly cron?: string }
  | null
type Asked = readonly [key: string, partition: string | null]
type Made = readonly [...Asked, hasChanged: boolean]
interface Golden {
  readonly oracle: string
  readonly partitions: Readonly<Record<string, PartitionsSpec | null>>
  readonly worlds: readonly {
    readonly seed: number
    readonly assets: readonly { key: string; deps: readonly string[]; partitions: string; condition: Written }[]
    readonly steps: readonly {
      readonly now: string
      readonly made: readonly Made[]
      readonly codeChanged: readonly string[]
      readonly requested: readonly Asked[]
    }[]
  }[]
}
/** What the real Dagster said: scripts/golden/conditions.py. */
const golden = JSON.parse(readFileSync(new URL('results.json', import.meta.url), 'utf8')) as Golden

function conditionOf(written: Written): AutomationCondition | undefined {
  if (written === null) return undefined
  if (!('composite' in written)) return written
  if (written.composite === 'onMissing') return when.onMissing().spec
  if (written.composite === 'onCron') return when.onCron(written.cron ?? '').spec
  // Dagster goes by updates, whatever they changed.
  return when.eager().replace('any deps changed', when.anyDepsUpdated()).spec
}

type World = Golden['worlds'][number]

/** Plays what happened, and answers what is requested each time. */
class Replay {
  readonly #specs: AssetSpec[]
  readonly #made = new Map<string, Set<string | null>>()
  readonly #versions = new Map<string, number>()
  #memories = new Map<string, ConditionMemory>()
  #previousAt: Date | undefined
  #clock = 2e12

  constructor({ assets }: World) {
    this.#specs = assets.map(({ key, deps, partitions, condition }) =>
      assetSpec(key, {
        deps: [...deps],
        partitions: golden.partitions[partitions] ?? undefined,
        condition: conditionOf(condition),
      }),
    )
  }

  step({ now, made, codeChanged }: World['steps'][number]): Asked[] {
    const at = new Date(now)
    const spaces = new Map<string, PartitionSpace | undefined>()
    for (const { key, partitions } of this.#specs)
      spaces.set(key, partitions && partitionSpace(partitions, { now: at, dynamicKeys: new Map() }))
    for (const key of codeChanged) this.#versions.set(key, (this.#versions.get(key) ?? 1) + 1)
    for (const [key, partition] of made)
      this.#made.set(key, (this.#made.get(key) ?? new Set<string | null>()).add(partition))
    const specs = this.#specs.map((spec) => ({ ...spec, codeVersion: String(this.#versions.get(spec.key) ?? 1) }))
    const setOf = (key: string, partitions: Iterable<string | null>) => {
      const space = spaces.get(key)
      const indexes = [...partitions].flatMap((one) => (one === null ? 0 : (space?.indexOf(one) ?? [])))
      return PartitionSet.ofIndexes(indexes.sort((a, b) => a - b))
    }
    const none = () => PartitionSet.none
    const facts: ConditionFacts = {
      now: at,
      previousAt: this.#previousAt,
      asset: (key) => specs.find((spec) => spec.key === key),
      space: (key) => spaces.get(key),
      made: (key) => setOf(key, this.#made.get(key) ?? []),
      failed: none,
      runInProgress: none,
      backfillInProgress: none,
      updates: (key) =>
        made
          .filter(([one]) => one === key)
          .map(([, partition, hasChanged]) => ({
            partitions: setOf(key, [partition]),
            atMs: this.#clock++,
            runId: '',
            hasChanged,
          })),
      lastRuns: () => [],
      run: () => undefined,
      checks: () => [],
      check: () => undefined,
      freshness: () => 'unknown',
      selection: () => new Set(),
    }
    const results = evaluateConditions(automatedAssets(definitionsOf({ assets: specs })), facts, this.#memories)
    this.#memories = new Map(results.map(({ asset, memory }) => [asset, memory]))
    this.#previousAt = at
    return specs.flatMap(({ key }) => {
      const space = spaces.get(key)
      const requested = results.find(({ asset }) => asset === key)?.requested ?? PartitionSet.none
      return [...requested.indexes()]
        .map((index): Asked => [key, space?.keyAt(index) ?? null])
        .sort(([, a], [, b]) => (String(a) < String(b) ? -1 : 1))
    })
  }
}

describe(`conditions request what ${golden.oracle} requests`, () => {
  it.each(golden.worlds)('world $seed', (world) => {
    const replay = new Replay(world)
    for (const [i, step] of world.steps.entries())
      expect({ step: i, requested: replay.step(step) }).toEqual({ step: i, requested: step.requested })
  })
})
