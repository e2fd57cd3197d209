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
})
