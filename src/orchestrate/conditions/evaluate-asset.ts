import type {
  AssetKey,
  AutomationCondition,
  ConditionMemory,
  ConditionNode,
  ConditionOperator,
  PackedPartitions,
} from '../contract/index.js'
import { PartitionSet } from '../partitions/partition-set.js'
import type { PartitionSpace } from '../partitions/partition-space.js'
import { partitionsText } from '../partitions/selection.js'
import { linkBetween } from './links.js'
import { packed, unpacked } from './memory.js'
import { operandHolds, type Surroundings, type Target } from './operands.js'
import { readBy } from './read-by.js'
import { conditionId, isRemembering, partsOf } from './structure.js'
import { joinedTimes, laterThan, mapTimes, type Times } from './times.js'
import { conditionText } from './words.js'

/** For which of the candidates a condition holds, and how that came about. */
export interface Answer {
  readonly set: PartitionSet
  readonly times?: Times | undefined
  readonly node: ConditionNode
}

/** Of many assets that are read, so many that decided are named. */
const mostNamed = 10
const longestText = 120

/** Evaluates the condition of one asset. */
export class AssetEvaluation {
  readonly #around: Surroundings
  readonly #memory: ConditionMemory | undefined
  /** What is to be remembered for the next time. */
  readonly nodes: Record<string, PackedPartitions | string> = {}

  constructor(around: Surroundings, memory: ConditionMemory | undefined) {
    this.#around = around
    this.#memory = memory
  }

  evaluate(condition: AutomationCondition): Answer {
    const target = { asset: this.#around.root }
    return this.#ask(condition, target, this.#all(target))
  }

  #ask(condition: AutomationCondition, target: Target, candidates: PartitionSet): Answer {
    if (candidates.isEmpty && !isRemembering(condition))
      return { set: candidates, node: this.#node(condition, target, { candidates, set: candidates }) }
    switch (condition.type) {
      case 'and':
        return this.#and(condition, target, candidates)
      case 'or':
        return this.#or(condition, target, candidates)
      case 'not': {
        const [inner] = this.#parts(condition, target, candidates)
        const set = candidates.without(inner?.set ?? PartitionSet.none)
        return { set, node: this.#node(condition, target, { candidates, set, parts: inner ? [inner] : [] }) }
      }
      case 'newlyTrue':
        return this.#newlyTrue(condition, target, candidates)
      case 'since':
        return this.#since(condition, target, candidates)
      case 'anyDepsMatch':
      case 'allDepsMatch':
      case 'assetMatches':
        return this.#ofOthers(condition, target, candidates, this.#others(condition, target))
      case 'anyChecksMatch':
      case 'allChecksMatch':
        return this.#ofOthers(condition, target, candidates, this.#checks(condition, target))
      case 'codeVersionChanged': {
        const set = this.#codeVersionChanged(condition, target) ? candidates : PartitionSet.none
        return { set, node: this.#node(condition, target, { candidates, set }) }
      }
      default: {
        const { set, times } = operandHolds(condition, target, candidates, this.#around)
        return { set, times, node: this.#node(condition, target, { candidates, set }) }
      }
    }
  }

  #parts(condition: AutomationCondition, target: Target, candidates: PartitionSet): Answer[] {
    return partsOf(condition).map((part) => this.#ask(part, target, candidates))
  }

  /** Each is only asked of what is left by those before it. */
  #and(
    condition: Extract<ConditionOperator, { type: 'and' | 'or' }>,
    target: Target,
    candidates: PartitionSet,
  ): Answer {
    let set = candidates
    const parts: Answer[] = []
    for (const part of condition.of) {
      const answer = this.#ask(part, target, set)
      parts.push(answer)
      set = set.intersection(answer.set)
    }
    const holding = set
    const times = mapTimes(joinedTimes(parts), (one) => one.intersection(holding))
    return { set, times, node: this.#node(condition, target, { candidates, set, parts }) }
  }

  #or(condition: Extract<ConditionOperator, { type: 'and' | 'or' }>, target: Target, candidates: PartitionSet): Answer {
    const parts = this.#parts(condition, target, candidates)
    const set = parts.reduce((all, part) => all.union(part.set), PartitionSet.none)
    return { set, times: joinedTimes(parts), node: this.#node(condition, target, { candidates, set, parts }) }
  }

  #newlyTrue(condition: Extract<ConditionOperator, { of: unknown }>, target: Target, candidates: PartitionSet): Answer {
    const [inner] = this.#parts(condition, target, this.#all(target))
    const holds = inner?.set ?? PartitionSet.none
    const before = this.#recall(condition, target)
    this.#keep(condition, target, holds)
    const set = candidates.intersection(holds.without(before))
    return { set, node: this.#node(condition, target, { candidates, set, parts: inner ? [inner] : [] }) }
  }

  /** Asked of all, so that nothing that happens meanwhile is missed. */
  #since(condition: Extract<ConditionOperator, { type: 'since' }>, target: Target, candidates: PartitionSet): Answer {
    const all = this.#all(target)
    const trigger = this.#ask(condition.of, target, all)
    const reset = this.#ask(condition.reset, target, all)
    const both = trigger.set.intersection(reset.set)
    const set = this.#recall(condition, target)
      .union(trigger.set)
      .without(reset.set)
      // Both in one evaluation: then it counts which was last. Dagster does not tell that of conditions made of others.
      .union(laterThan(trigger, reset).intersection(both))
    this.#keep(condition, target, set)
    const node = this.#node(condition, target, {
      candidates,
      set: set.intersection(candidates),
      parts: [trigger, reset],
    })
    return { set, times: trigger.times, node }
  }

  /** Any or all of other assets, or of the checks: each is asked of what belongs to the candidates. */
  #ofOthers(
    condition: Extract<
      ConditionOperator,
      { type: 'anyDepsMatch' | 'allDepsMatch' | 'anyChecksMatch' | 'allChecksMatch' | 'assetMatches' }
    >,
    target: Target,
    candidates: PartitionSet,
    others: readonly Target[],
  ): Answer {
    const isAll = condition.type === 'allDepsMatch' || condition.type === 'allChecksMatch'
    let set = isAll ? candidates : PartitionSet.none
    const times: Times[number][] = []
    const answers: { answer: Answer; decides: boolean }[] = []
    for (const other of others) {
      const link = this.#link(target, other)
      const answer = this.#ask(condition.of, other, link.to(candidates))
      const own = link.back(answer.set).intersection(candidates)
      times.push(...(mapTimes(answer.times, link.back) ?? []))
      set = isAll ? set.intersection(own) : set.union(own)
      answers.push({ answer, decides: isAll ? !candidates.without(own).isEmpty : !own.isEmpty })
    }
    const deciding = answers.filter(({ decides }) => decides)
    const named = (deciding.length > 0 ? deciding : answers).slice(0, condition.type === 'assetMatches' ? 1 : mostNamed)
    const node = this.#node(condition, target, {
      candidates,
      set,
      parts: named.map(({ answer }) => answer),
      others: answers.length - named.length,
    })
    return { set, ...(times.length > 0 && !isAll ? { times } : {}), node }
  }

  #link(target: Target, other: Target) {
    if (target.check === undefined && other.check === undefined)
      return linkBetween(this.#around.facts, target.asset, other.asset)
    // A check is about its asset as a whole.
    const all = this.#all(target)
    const whole = this.#all(other)
    return {
      to: (set: PartitionSet) => (set.isEmpty ? PartitionSet.none : whole),
      back: (set: PartitionSet) => (set.isEmpty ? PartitionSet.none : all),
    }
  }

  #others(
    condition: Extract<ConditionOperator, { type: 'anyDepsMatch' | 'allDepsMatch' | 'assetMatches' }>,
    { asset }: Target,
  ): Target[] {
    const { facts } = this.#around
    if (condition.type === 'assetMatches') return [{ asset: condition.asset }]
    const { allow, ignore } = condition
    const allowed = allow === undefined ? undefined : facts.selection(allow)
    const ignored = ignore === undefined ? undefined : facts.selection(ignore)
    return readBy(asset, this.#around)
      .filter((key) => (allowed?.has(key) ?? true) && !ignored?.has(key))
      .map((key) => ({ asset: key }))
  }

  #checks(
    condition: Extract<ConditionOperator, { type: 'anyChecksMatch' | 'allChecksMatch' }>,
    { asset }: Target,
  ): Target[] {
    return this.#around.facts
      .checks(asset)
      .filter((check) => check.isBlocking || !condition.blockingOnly)
      .map(({ name }) => ({ asset, check: name }))
  }

  #codeVersionChanged(condition: AutomationCondition, target: Target): boolean {
    const version = this.#around.facts.asset(target.asset)?.codeVersion
    const place = this.#place(condition, target)
    const before = this.#memory?.nodes[place]
    if (version !== undefined) this.nodes[place] = version
    return version !== undefined && typeof before === 'string' && before !== version
  }

  #space({ asset, check }: Target): PartitionSpace | undefined {
    return check === undefined ? this.#around.facts.space(asset) : undefined
  }

  #all(target: Target): PartitionSet {
    return PartitionSet.first(this.#space(target)?.size ?? 1)
  }

  #place(condition: AutomationCondition, { asset, check }: Target): string {
    const isOwn = asset === this.#around.root && check === undefined
    return isOwn
      ? conditionId(condition)
      : `${conditionId(condition)}@${asset}${check === undefined ? '' : ` ${check}`}`
  }

  #recall(condition: AutomationCondition, target: Target): PartitionSet {
    return unpacked(this.#memory?.nodes[this.#place(condition, target)], this.#space(target))
  }

  #keep(condition: AutomationCondition, target: Target, set: PartitionSet): void {
    if (!set.isEmpty) this.nodes[this.#place(condition, target)] = packed(set, this.#space(target))
  }

  #node(
    condition: AutomationCondition,
    target: Target,
    found: { candidates: PartitionSet; set: PartitionSet; parts?: readonly Answer[]; others?: number },
  ): ConditionNode {
    const { candidates, set, parts = [], others = 0 } = found
    const partitions = shortText(this.#space(target), set)
    const name = nameOf(target, this.#around.root)
    return {
      text: conditionText(condition),
      ...(condition.label === undefined ? {} : { label: condition.label }),
      ...(name === undefined ? {} : { of: name }),
      held: set.size,
      asked: candidates.size,
      ...(partitions === undefined ? {} : { partitions }),
      ...(parts.length > 0 ? { children: parts.map(({ node }) => node) } : {}),
      ...(others > 0 ? { others } : {}),
    }
  }
}

const nameOf = ({ asset, check }: Target, root: AssetKey): string | undefined =>
  check === undefined ? (asset === root ? undefined : asset) : `${asset} ${check}`

function shortText(space: PartitionSpace | undefined, set: PartitionSet): string | undefined {
  if (!space || set.isEmpty || set.ranges.length > 3) return undefined
  const text = partitionsText(space, set)
  return text.length > longestText ? undefined : text
}
