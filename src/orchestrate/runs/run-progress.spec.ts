import { describe, expect, it } from 'vitest'
import type { Definitions, RunStep } from '../contract/index.js'
import { RunProgress } from './run-progress.js'

/** a → b → c, and d that needs nothing; each made by the step of its name. */
const deps: Readonly<Record<string, readonly string[]>> = { a: [], b: ['a'], c: ['b'], d: [] }
const steps = Object.keys(deps).map((key) => ({ key, assets: [key], checks: [] }) as unknown as RunStep)
const definitions = {
  assets: Object.entries(deps).map(([key, needed]) => ({ key, deps: needed })),
  checks: [],
} as unknown as Definitions

function allReady(progress: RunProgress): string[] {
  const keys: string[] = []
  for (let step = progress.takeReady(); step; step = progress.takeReady()) keys.push(step.key)
  return keys
}

describe('RunProgress', () => {
  it('hands out each step once, in the order of the plan, when what it needs is there', () => {
    const progress = new RunProgress(definitions, steps)
    expect(progress.hopeless()).toEqual([])
    expect(allReady(progress)).toEqual(['a', 'd'])
    progress.made('a')
    progress.hopeless()
    expect(allReady(progress)).toEqual(['b'])
    progress.hopeless()
    expect(allReady(progress)).toEqual([])
  })
  it('finds what hangs on a failure step by step, as each is settled', () => {
    const progress = new RunProgress(definitions, steps)
    progress.failed('a')
    const found = () => progress.hopeless().map(({ step, reason }) => [step.key, reason])
    expect(found()).toEqual([['b', 'upstream a failed']])
    expect(found()).toEqual([])
    progress.setState('b', 'skipped')
    expect(found()).toEqual([['c', 'upstream b was skipped']])
  })
  it('does not hand out what was found hopeless or has begun', () => {
    const progress = new RunProgress(definitions, steps)
    progress.setState('a', 'running')
    progress.setState('d', 'cancelled')
    progress.hopeless()
    expect(allReady(progress)).toEqual([])
  })
  it('tells what could be done ahead: what needs only what is there, what the step makes, and one another', () => {
    const progress = new RunProgress(definitions, steps)
    const first = steps[0] as RunStep
    expect(progress.ahead(first, () => true)).toEqual(['b', 'c', 'd'])
    expect(progress.ahead(first, (key) => key !== 'b')).toEqual(['d'])
    progress.setState('b', 'retrying')
    progress.made('d')
    expect(progress.ahead(first, () => true)).toEqual([])
  })
  it('ahead of a check that holds it up nothing is done', () => {
    const check = { asset: 'a', name: 'good', isBlocking: true, deps: [], step: 't' }
    const test = { key: 't', assets: [], checks: [{ asset: 'a', name: 'good' }] } as unknown as RunStep
    const progress = new RunProgress({ ...definitions, checks: [check] } as unknown as Definitions, [...steps, test])
    const first = steps[0] as RunStep
    expect(progress.ahead(first, (key) => key !== 't')).toEqual(['d'])
    expect(progress.ahead(first, () => true).sort()).toEqual(['b', 'c', 'd', 't'])
  })
})
