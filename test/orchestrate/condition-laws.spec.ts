import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AutomationCondition,
  type ConditionFacts,
  type ConditionMemory,
  evaluateConditions,
  PartitionSet,
  type PartitionsSpec,
  partitionSpace,
} from '../../src/orchestrate/index.js'
import { assetSpec } from './definitions.js'

const keys = ['p', 'q', 'r']
const spec: PartitionsSpec = { type: 'static', keys }
const moment = { now: new Date('2026-01-01'), dynamicKeys: new Map() }
const space = partitionSpace(spec, moment)
const atoms = ['missing', 'executionFailed', 'runInProgress', 'backfillInProgress'] as const
type Atom = (typeof atoms)[number]
/** Of each atom, the partitions for which it holds at one evaluation. */
type Moment = Readonly<Record<Atom, readonly number[]>>

const places = fc.subarray([0, 1, 2])
const moments: fc.Arbitrary<Moment> = fc.record({
  missing: places,
  executionFailed: places,
  runInProgress: places,
  backfillInProgress: places,
})
const traces = fc.array(moments, { minLength: 1, maxLength: 6 })
const { condition } = fc.letrec<{ condition: AutomationCondition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.constantFrom(...atoms).map((type) => ({ type })),
    fc.record({ type: fc.constant('not' as const), of: tie('condition') }),
    fc.record({
      type: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ type: fc.constant('newlyTrue' as const), of: tie('condition') }),
    fc.record({ type: fc.constant('since' as const), of: tie('condition'), reset: tie('condition') }),
  ),
}))

function factsOf(at: Moment): ConditionFacts {
  const set = (atom: Atom) => PartitionSet.ofIndexes(at[atom])
  const asset = assetSpec('a', { partitions: spec })
  const nothing = () => []
  return {
    now: moment.now,
    previousAt: undefined,
    asset: () => asset,
    space: () => space,
    made: () => PartitionSet.first(keys.length).without(set('missing')),
    failed: () => set('executionFailed'),
    runInProgress: () => set('runInProgress'),
    backfillInProgress: () => set('backfillInProgress'),
    updates: nothing,
    lastRuns: nothing,
    run: () => undefined,
    checks: nothing,
    check: () => undefined,
    freshness: () => 'unknown',
    selection: () => new Set(),
  }
}

/** What is asked for in each evaluation of a trace, with what is remembered handed on. */
function answers(asked: AutomationCondition, trace: readonly Moment[]): number[][] {
  let memories = new Map<string, ConditionMemory>()
  return trace.map((at) => {
    const [result] = evaluateConditions([{ asset: 'a', automation: 'x', condition: asked }], factsOf(at), memories)
    // As the store hands it back.
    memories = new Map([['a', JSON.parse(JSON.stringify(result?.memory)) as ConditionMemory]])
    return [...(result?.requested.indexes() ?? [])]
  })
}

/** The same of one partition, from the whole trace and without any memory. */
function naive(asked: AutomationCondition, trace: readonly Moment[], t: number, place: number): boolean {
  const holds = (of: AutomationCondition, at = t) => at >= 0 && naive(of, trace, at, place)
  switch (asked.type) {
    case 'not':
      return !holds(asked.of)
    case 'and':
      return asked.of.every((one) => holds(one))
    case 'or':
      return asked.of.some((one) => holds(one))
    case 'newlyTrue':
      return holds(asked.of) && !holds(asked.of, t - 1)
    case 'since': {
      const last = (of: AutomationCondition) => trace.slice(0, t + 1).findLastIndex((_, at) => holds(of, at))
      return last(asked.of) > last(asked.reset)
    }
    default:
      return (trace[t] as Moment)[asked.type as Atom].includes(place)
  }
}

it('conditions hold when a reader of the whole trace says so', () => {
  fc.assert(
    fc.property(condition, traces, (asked, trace) => {
      expect(answers(asked, trace)).toEqual(
        trace.map((_, t) => [0, 1, 2].filter((place) => naive(asked, trace, t, place))),
      )
    }),
    { numRuns: 400 },
  )
})

describe('laws', () => {
  const not = (of: AutomationCondition): AutomationCondition => ({ type: 'not', of })
  const and = (...of: AutomationCondition[]): AutomationCondition => ({ type: 'and', of })
  const or = (...of: AutomationCondition[]): AutomationCondition => ({ type: 'or', of })
  const since = (of: AutomationCondition, reset: AutomationCondition): AutomationCondition => ({
    type: 'since',
    of,
    reset,
  })
  const laws: Readonly<
    Record<
      string,
      (a: AutomationCondition, b: AutomationCondition, c: AutomationCondition) => readonly AutomationCondition[]
    >
  > = {
    'not not a is a': (a) => [not(not(a)), a],
    'not (a and b) is not a or not b': (a, b) => [not(and(a, b)), or(not(a), not(b))],
    'not (a or b) is not a and not b': (a, b) => [not(or(a, b)), and(not(a), not(b))],
    'a and a, a or a are a': (a) => [and(a, a), or(a, a), a],
    'the order of and does not count, though later parts are asked less': (a, b) => [and(a, b), and(b, a)],
    'the order of or does not count': (a, b) => [or(a, b), or(b, a)],
    'and distributes over or': (a, b, c) => [and(a, or(b, c)), or(and(a, b), and(a, c))],
    'a or (a and b) is a': (a, b) => [or(a, and(a, b)), a],
    'what is reset when it begins never holds': (a, b) => [since(a, a), and(b, not(b))],
    'what holds since it was so, and is reset when it is not, is itself': (a) => [since(a, not(a)), a],
  }
  it.each(Object.entries(laws))('%s', (_, law) => {
    fc.assert(
      fc.property(condition, condition, condition, traces, (a, b, c, trace) => {
        const [first, ...rest] = law(a, b, c).map((one) => answers(one, trace))
        for (const other of rest) expect(other).toEqual(first)
      }),
    )
  })
})
