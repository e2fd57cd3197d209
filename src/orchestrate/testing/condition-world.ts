import { selectionOf } from '../assets/select-assets.js'
import { durationMs } from '../authoring/duration.js'
import type { Definition, ProjectDefinition } from '../authoring/project.js'
import type { MaybeOpen } from '../authoring/tables.js'
import { automatedAssets } from '../conditions/automated-assets.js'
import { conditionRequests } from '../conditions/condition-requests.js'
import { type AssetResult, evaluateConditions } from '../conditions/evaluate-conditions.js'
import { type FactStore, gatherFacts } from '../conditions/gather-facts.js'
import { asksChecks } from '../conditions/structure.js'
import type {
  AssetKey,
  AssetSpec,
  CheckSpec,
  ConditionCursor,
  ConditionMemory,
  ConditionNode,
  Definitions,
} from '../contract/index.js'
import { PartitionSet } from '../partitions/partition-set.js'
import { partitionSpace } from '../partitions/partition-space.js'
import { parsePartitions, partitionsText } from '../partitions/selection.js'
import { describeDefinitions } from '../workers/describe-definitions.js'
import { foreignAsset } from './foreign-asset.js'
import { type MadePartitions, ScriptedStore } from './scripted-store.js'
import { wrong } from './surroundings.js'

type Keyed = { readonly key: string }
type AssetOrKey = string | Keyed | MaybeOpen

export interface MadeOptions {
  /** A key, or a choice as `millrace materialize --partition` takes it. */
  readonly partition?: string
  /** Of the run that made it. */
  readonly tags?: Readonly<Record<string, string>>
  /** False for a sync that found nothing new. */
  readonly changed?: boolean
}

export interface Evaluation {
  /** The assets that are asked for; with `@` and the partitions where they have some. */
  readonly requested: readonly string[]
  /** The runs that make them. */
  readonly runs: readonly { readonly selection: string; readonly partitions?: string | undefined }[]
  /** Why an asset is, or is not, asked for: its condition, part by part. */
  why(asset: AssetOrKey): string
}

/** A small world in which conditions are evaluated as the daemon does it, without a store: what happens in it is what the test says. */
export function testConditions(project: ProjectDefinition | readonly Definition[]): ConditionWorld {
  return new ConditionWorld('definitions' in project ? project.definitions : project)
}

export class ConditionWorld {
  #definitions: Definitions
  readonly #store = new ScriptedStore()
  readonly #memories = new Map<AssetKey, ConditionMemory>()
  #cursor: ConditionCursor | undefined
  #now = new Date()

  constructor(definitions: readonly Definition[]) {
    const described = describeDefinitions(definitions)
    const own = new Set(described.assets.map(({ key }) => key))
    const read = described.assets.flatMap(({ deps }) => deps).filter((key) => !own.has(key))
    this.#definitions = {
      project: 'test',
      projectDir: '/',
      loadedAt: '',
      version: '1',
      connections: [],
      problems: [],
      ...described,
      // Streams and models are there, whoever makes them.
      assets: [...described.assets, ...[...new Set(read)].map(foreignAsset)],
    }
  }

  /** What the clock says from here on: it only moves forward. */
  at(time: Date | string): this {
    const now = new Date(time)
    if (Number.isNaN(now.getTime()))
      throw wrong(`\`${String(time)}\` is no time.`, "For example: at('2026-01-31T05:00Z').")
    this.#now = now
    return this
  }

  /** @param duration `90m`, `1d` */
  advance(duration: string): this {
    return this.at(new Date(this.#now.getTime() + durationMs(duration)))
  }

  /** Assets are made, several of them in one run. A run of them that goes on is that run, and ends with the last of them. */
  materialize(assets: AssetOrKey | readonly AssetOrKey[], options: MadeOptions = {}): this {
    return this.#happen(assets, options, (asset, keys, run, changed) =>
      this.#store.made(asset, keys, { run, at: this.#now, changed }),
    )
  }

  /** Making them fails. */
  fail(assets: AssetOrKey | readonly AssetOrKey[], options: Omit<MadeOptions, 'changed'> = {}): this {
    return this.#happen(assets, options, (asset, keys, run) => this.#store.failed(asset, keys, { run, at: this.#now }))
  }

  /** A run of them begins, and goes on until they are made or fail. */
  start(assets: AssetOrKey | readonly AssetOrKey[], { partition, tags = {} }: Omit<MadeOptions, 'changed'> = {}): this {
    this.#store.begin(
      keysOf(assets).map((key) => this.#known(key).key),
      { tags, partitions: partition, at: this.#now },
    )
    return this
  }

  /** Everything that goes on is made. */
  finish(): this {
    for (const { id, open, partitions } of this.#store.active())
      for (const asset of open ?? [])
        this.#store.made(asset, this.#keys(asset, partitions), { run: id, at: this.#now, changed: true })
    return this
  }

  /** A check was asked. */
  check(asset: AssetOrKey, name: string, passed: boolean): this {
    const { key } = this.#known(keyOf(asset))
    const { checks } = this.#definitions
    if (!checks.some((one) => one.asset === key && one.name === name)) {
      // A test of dbt: only its project knows it.
      const check: CheckSpec = { asset: key, name, description: '', isBlocking: true, deps: [], step: `check:${name}` }
      this.#definitions = { ...this.#definitions, checks: [...checks, check] }
    }
    this.#store.checked(key, name, passed, this.#now)
    return this
  }

  addPartitions(name: string, keys: readonly string[]): this {
    this.#store.addPartitions(name, keys)
    return this
  }

  /** The code of an asset becomes another one. */
  edit(asset: AssetOrKey): this {
    const { key } = this.#known(keyOf(asset))
    const assets = this.#definitions.assets.map((one) =>
      one.key === key ? { ...one, codeVersion: `${one.codeVersion} edited` } : one,
    )
    this.#definitions = { ...this.#definitions, assets }
    return this
  }

  /** Evaluates all conditions at this moment. What they ask for is queued, and goes on until it is made or fails. */
  async evaluate(): Promise<Evaluation> {
    const definitions = this.#definitions
    const on = new Set(definitions.automations.filter((one) => !one.isOnByDefault).map(({ name }) => name))
    const assets = automatedAssets(definitions).filter(({ automation }) => !on.has(automation))
    const { facts, news } = await gatherFacts(this.#store satisfies FactStore, {
      definitions,
      now: this.#now,
      cursor: this.#cursor,
      assets: assets.map(({ asset }) => asset),
      asksChecks: assets.some(({ condition }) => asksChecks(condition)),
      known: new Map(),
    })
    const results = evaluateConditions(assets, facts, this.#memories)
    const evaluation = (this.#cursor?.evaluation ?? 0) + 1
    const space = (asset: AssetKey) => facts.space(asset)
    const requests = conditionRequests(results, { space, steps: definitions.steps, evaluation })
    for (const { asset, memory } of results) this.#memories.set(asset, memory)
    this.#cursor = { evaluation, at: this.#now.toISOString(), eventId: news.eventId }
    for (const { assets, partitions, tags = {} } of requests)
      this.#store.begin(assets, { tags, partitions, at: this.#now })
    const byAsset = new Map(results.map((result) => [result.asset, result]))
    return {
      requested: results.flatMap(({ asset, requested }) => {
        if (requested.isEmpty) return []
        const cut = space(asset)
        return [cut ? `${asset} @ ${partitionsText(cut, requested)}` : asset]
      }),
      runs: requests.map(({ assets, partitions }) => ({
        selection: selectionOf(assets),
        ...(partitions === undefined ? {} : { partitions }),
      })),
      why: (asset) => explained(keyOf(asset), byAsset.get(keyOf(asset))),
    }
  }

  #happen(
    assets: AssetOrKey | readonly AssetOrKey[],
    { partition, tags = {}, changed = true }: MadeOptions,
    tell: (asset: AssetKey, keys: MadePartitions | undefined, run: string, changed: boolean) => void,
  ): this {
    const keys = keysOf(assets).map((key) => this.#known(key).key)
    const [first = ''] = keys
    const going = this.#store.runOf(first)
    const run = going ?? this.#store.begin(keys, { tags, partitions: partition, at: this.#now })
    for (const asset of keys) tell(asset, this.#keys(asset, partition), run, changed)
    return this
  }

  /** Of an asset that has some: all, where nothing is said. */
  #keys(asset: AssetKey, choice: string | undefined): MadePartitions | undefined {
    const spec = this.#known(asset).partitions
    if (!spec) {
      if (choice !== undefined) throw wrong(`${asset} has no partitions.`, 'Leave `partition` out.')
      return undefined
    }
    const space = partitionSpace(spec, { now: this.#now, dynamicKeys: this.#store.keys })
    const set = choice === undefined ? PartitionSet.first(space.size) : parsePartitions(space, choice)
    return { keys: [...set.indexes()].map((index) => space.keyAt(index)), text: partitionsText(space, set) }
  }

  #known(key: AssetKey): AssetSpec {
    const found = this.#definitions.assets.find((asset) => asset.key === key)
    if (found) return found
    const keys = this.#definitions.assets.map((asset) => asset.key)
    throw wrong(`The asset ${key} is neither defined nor read by one that is.`, `There are: ${keys.join(', ')}.`)
  }
}

const keyOf = (asset: string | Keyed | undefined): string => (typeof asset === 'string' ? asset : (asset?.key ?? ''))
const keysOf = (assets: AssetOrKey | readonly AssetOrKey[]): readonly string[] =>
  (Array.isArray(assets) ? assets : [assets]).map((one: AssetOrKey) => keyOf(one))

function explained(asset: AssetKey, result: AssetResult | undefined): string {
  if (!result)
    throw wrong(
      `${asset} has no condition that was evaluated.`,
      'Give it an `automation`, or put it into the target of one.',
    )
  return lines(result.tree, '').join('\n')
}

function lines(
  { text, label, of, held, asked, partitions, children = [], others }: ConditionNode,
  indent: string,
): string[] {
  const mark = asked === 0 ? '·' : held > 0 ? '✓' : '✗'
  const part = asked > 1 && held > 0 && held < asked ? ` (${held} of ${asked})` : ''
  const where = partitions === undefined ? '' : ` @ ${partitions}`
  const own = `${indent}${mark} ${of === undefined ? '' : `${of}: `}${label ?? text}${part}${where}`
  return [
    own,
    ...children.flatMap((child) => lines(child, `${indent}  `)),
    ...(others === undefined ? [] : [`${indent}  … and ${others} more`]),
  ]
}
