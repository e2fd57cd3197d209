import { AssetGraph } from '../assets/select-assets.js'
import type { AssetKey, CheckSpec, Definitions, RunStep, StepStatus } from '../contract/index.js'

export const checkKey = (asset: AssetKey, name: string) => `${asset} ${name}`
/** No asset and no check begins like this. */
const stepKey = (step: string) => ` ${step}`

/** Of steps that have told nothing yet. */
const open: ReadonlySet<StepStatus> = new Set(['pending', 'waiting', 'running'])

/** A step's verdict: it may start, has to wait, or will never run, and why. */
type Readiness = 'ready' | 'wait' | { readonly skip: string }

interface Needs {
  readonly assets: readonly AssetKey[]
  /** Blocking checks on what it reads. */
  readonly checks: readonly CheckSpec[]
}

/** How far a run is, and from that which steps may start. Release is per asset and check, never per step. */
export class RunProgress {
  readonly #steps: ReadonlyMap<string, RunStep>
  readonly #order: readonly RunStep[]
  readonly #places: ReadonlyMap<string, number>
  readonly #states = new Map<string, StepStatus>()
  readonly #needs = new Map<string, Needs>()
  /** Steps by what they wait for: an asset, a check, or the step that makes one of them. */
  readonly #waiting = new Map<string, string[]>()
  /** Steps to look at: something that they wait for has changed. So a run costs what happens in it, not that squared. */
  readonly #changed: Set<string>
  /** 1 at the place of a step that may start. */
  readonly #ready: Uint8Array
  readonly #producer = new Map<AssetKey, string>()
  readonly #made = new Map<AssetKey, boolean>()
  readonly #passed = new Map<string, boolean>()

  constructor(definitions: Definitions, steps: readonly RunStep[]) {
    this.#steps = new Map(steps.map((step) => [step.key, step]))
    this.#order = steps
    this.#places = new Map(steps.map((step, place) => [step.key, place]))
    this.#changed = new Set(this.#steps.keys())
    this.#ready = new Uint8Array(steps.length)
    for (const step of steps) {
      this.#states.set(step.key, 'pending')
      for (const asset of step.assets) this.#producer.set(asset, step.key)
    }
    const needs = new NeedsFinder(definitions, this.#steps)
    for (const step of steps) {
      const needed = needs.of(step)
      this.#needs.set(step.key, needed)
      for (const asset of needed.assets) this.#waitFor(step, asset, this.#producer.get(asset))
      for (const check of needed.checks) this.#waitFor(step, checkKey(check.asset, check.name), check.step)
    }
  }

  #waitFor(step: RunStep, what: string, maker: string | undefined): void {
    for (const one of maker === undefined ? [what] : [what, stepKey(maker)]) {
      const known = this.#waiting.get(one)
      if (known) known.push(step.key)
      else this.#waiting.set(one, [step.key])
    }
  }

  #tell(what: string): void {
    for (const step of this.#waiting.get(what) ?? []) this.#changed.add(step)
  }

  stateOf(step: string): StepStatus {
    return this.#states.get(step) ?? 'pending'
  }

  setState(step: string, state: StepStatus): void {
    this.#states.set(step, state)
    this.#changed.add(step)
    if (state !== 'running' && state !== 'retrying') this.#tell(stepKey(step))
  }

  made(asset: AssetKey): void {
    this.#made.set(asset, true)
    this.#tell(asset)
  }
  failed(asset: AssetKey): void {
    this.#made.set(asset, false)
    this.#tell(asset)
  }
  isMade(asset: AssetKey): boolean {
    return this.#made.get(asset) === true
  }
  isDecided(asset: AssetKey): boolean {
    return this.#made.has(asset)
  }
  checked(asset: AssetKey, name: string, passed: boolean): void {
    this.#passed.set(checkKey(asset, name), passed)
    this.#tell(checkKey(asset, name))
  }
  hasFailed(asset: AssetKey, name: string): boolean {
    return this.#passed.get(checkKey(asset, name)) === false
  }
  isChecked(asset: AssetKey, name: string): boolean {
    return this.#passed.has(checkKey(asset, name))
  }

  pending(): RunStep[] {
    return [...this.#steps.values()].filter((step) => this.#states.get(step.key) === 'pending')
  }

  /** Looks at what has changed. Answers steps that will never run: once they are settled, more may have become so. */
  hopeless(): readonly { readonly step: RunStep; readonly reason: string }[] {
    const found: { step: RunStep; reason: string }[] = []
    for (const key of this.#changed) {
      const step = this.#steps.get(key)
      const verdict = step && this.#states.get(key) === 'pending' ? this.#readiness(step) : 'wait'
      this.#ready[this.#places.get(key) as number] = verdict === 'ready' ? 1 : 0
      if (step && typeof verdict === 'object') found.push({ step, reason: verdict.skip })
    }
    this.#changed.clear()
    return found
  }

  /** See `StepContext.stepsAhead`. */
  ahead(first: RunStep, fits: (step: string) => boolean): string[] {
    const taken = new Set([first.key])
    const isOpen = ({ key }: RunStep) => open.has(this.stateOf(key)) && key !== first.key
    const willBe = (there: boolean | undefined, maker: string | undefined) =>
      there ?? (maker !== undefined && taken.has(maker))
    const isReady = ({ key }: RunStep) => {
      const { assets = [], checks = [] } = this.#needs.get(key) ?? {}
      return (
        assets.every((asset) => willBe(this.#made.get(asset), this.#producer.get(asset))) &&
        checks.every((check) => willBe(this.#passed.get(checkKey(check.asset, check.name)), check.step))
      )
    }
    let rest = this.#order.filter(
      (step) => step.kind === first.kind && isOpen(step) && !this.#hasTold(step) && fits(step.key),
    )
    // The plan has makers before readers, but not checks before those whom they hold up.
    for (let before = -1; rest.length !== before; ) {
      before = rest.length
      rest = rest.filter((step) => !isReady(step) || !taken.add(step.key))
    }
    taken.delete(first.key)
    return [...taken]
  }

  #hasTold({ assets, checks }: RunStep): boolean {
    return (
      assets.some((asset) => this.#made.has(asset)) || checks.some(({ asset, name }) => this.isChecked(asset, name))
    )
  }

  /** The first step, in the order of the plan, that was found ready; it is to be started. */
  takeReady(): RunStep | undefined {
    const place = this.#ready.indexOf(1)
    if (place < 0) return undefined
    this.#ready[place] = 0
    return this.#order[place]
  }

  #readiness(step: RunStep): Readiness {
    const needs = this.#needs.get(step.key)
    let isWaiting = false
    for (const asset of needs?.assets ?? []) {
      const verdict = this.#assetReadiness(asset)
      if (typeof verdict === 'object') return verdict
      if (verdict === 'wait') isWaiting = true
    }
    for (const check of needs?.checks ?? []) {
      const verdict = this.#checkReadiness(check)
      if (typeof verdict === 'object') return verdict
      if (verdict === 'wait') isWaiting = true
    }
    return isWaiting ? 'wait' : 'ready'
  }

  #assetReadiness(asset: AssetKey): Readiness {
    const made = this.#made.get(asset)
    if (made !== undefined) return made ? 'ready' : { skip: `upstream ${asset} failed` }
    switch (this.#states.get(this.#producer.get(asset) ?? '')) {
      case 'skipped':
      case 'cancelled':
        return { skip: `upstream ${asset} was skipped` }
      case 'failed':
        return { skip: `upstream ${asset} failed` }
      case 'succeeded':
        return { skip: `upstream ${asset} was not made by its step` }
      default:
        return 'wait'
    }
  }

  #checkReadiness({ asset, name, step }: CheckSpec): Readiness {
    const passed = this.#passed.get(checkKey(asset, name))
    if (passed !== undefined) return passed ? 'ready' : { skip: `the check ${name} of ${asset} failed` }
    switch (this.#states.get(step)) {
      case 'failed':
      case 'succeeded':
        return { skip: `the check ${name} of ${asset} could not be evaluated` }
      // What it needs was not made; whoever needs that as well is skipped for that reason.
      case 'skipped':
      case 'cancelled':
        return 'ready'
      default:
        return 'wait'
    }
  }
}

/** What each step of a run waits for. */
class NeedsFinder {
  readonly #graph: AssetGraph
  readonly #steps: ReadonlyMap<string, RunStep>
  readonly #producer = new Map<AssetKey, string>()
  readonly #checks = new Map<string, CheckSpec>()
  readonly #blocking = new Map<AssetKey, CheckSpec[]>()
  readonly #ancestors = new Map<AssetKey, ReadonlySet<AssetKey>>()

  constructor(definitions: Definitions, steps: ReadonlyMap<string, RunStep>) {
    this.#graph = AssetGraph.of(definitions.assets)
    this.#steps = steps
    for (const step of steps.values()) for (const asset of step.assets) this.#producer.set(asset, step.key)
    for (const check of definitions.checks) {
      if (!steps.has(check.step)) continue
      this.#checks.set(checkKey(check.asset, check.name), check)
      if (!check.isBlocking) continue
      const known = this.#blocking.get(check.asset)
      if (known) known.push(check)
      else this.#blocking.set(check.asset, [check])
    }
  }

  of(step: RunStep): Needs {
    const own = new Set(step.assets)
    const assets = new Set<AssetKey>()
    for (const asset of step.assets) for (const dep of this.#graph.parents(asset)) assets.add(dep)
    for (const { asset, name } of step.checks) {
      if (own.has(asset)) continue
      assets.add(asset)
      for (const dep of this.#checks.get(checkKey(asset, name))?.deps ?? []) assets.add(dep)
    }
    const needed = [...assets].filter((asset) => !own.has(asset) && this.#producer.has(asset))
    // A step that only checks does not wait for other checks.
    const checks =
      step.assets.length === 0
        ? []
        : needed.flatMap((asset) => this.#blocking.get(asset) ?? []).filter(this.#holds(step))
    return { assets: needed, checks }
  }

  /**
   * A check that also reads other assets holds back only what lies below all of them: it might else wait for something
   * that waits for it.
   */
  #holds(step: RunStep): (check: CheckSpec) => boolean {
    return (check) =>
      check.step !== step.key &&
      check.deps.every(
        (dep) =>
          dep === check.asset ||
          !this.#steps.has(this.#producer.get(dep) ?? '') ||
          step.assets.some((asset) => this.#ancestorsOf(asset).has(dep)),
      )
  }

  #ancestorsOf(asset: AssetKey): ReadonlySet<AssetKey> {
    let found = this.#ancestors.get(asset)
    if (!found) {
      found = this.#graph.reach(this.#graph.parents(asset), 'up', Number.POSITIVE_INFINITY)
      this.#ancestors.set(asset, found)
    }
    return found
  }
}
