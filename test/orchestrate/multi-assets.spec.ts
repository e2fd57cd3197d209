import { describe, expect, it } from 'vitest'
import type { RunPartition } from '../../src/orchestrate/index.js'
import { userCode } from './user-code.js'

const { open, run, code } = userCode()

/** The only step of the file, of these of its assets. */
async function make(assets?: readonly string[], changes: Parameters<typeof run>[1] = {}) {
  const [step] = (await code().load()).steps
  if (!step) throw new Error('no step')
  return run('', { step, assets: assets ?? step.assets, ...changes })
}

const both = `multiAsset('reports', { outputs: { 'r/a': {}, 'r/b': {}, 'r/c': { isOptional: true } }`

describe('a multi-asset', () => {
  it('is several assets of one step, each with what is said of it', async () => {
    await open(`DEFINE multiAsset('reports', {
  outputs: { 'r/a': { deps: ['main/m'], description: 'A', group: 'g', tags: ['t'] }, 'r/b': { deps: ['r/a'], kinds: ['pdf'] } },
  canSubset: true, retry: { max: 2 }, pool: 'p', partitions: partitions.static(['x']), run: () => {} }),
  check('r/b', 'fine', { blocking: true }, () => ({ passed: true }))`)
    const { assets, steps, checks } = await code().load()
    expect(assets).toMatchObject([
      { key: 'r/a', deps: ['main/m'], description: 'A', group: 'g', tags: ['t'], kinds: ['typescript'] },
      { key: 'r/b', deps: ['r/a'], kinds: ['pdf'], source: { line: 3 } },
    ])
    expect(assets.map(({ step, partitions }) => [step, partitions?.type])).toEqual([
      ['ts:multi:reports', 'static'],
      ['ts:multi:reports', 'static'],
    ])
    expect(checks).toMatchObject([{ step: 'ts:multi:reports' }])
    expect(steps).toMatchObject([
      {
        key: 'ts:multi:reports',
        assets: ['r/a', 'r/b'],
        checks: [{ asset: 'r/b', name: 'fine' }],
        isSubsettable: true,
        retry: { max: 2 },
        pool: 'p',
      },
    ])
  })
  it('tells what is made at once, one after the other, while it goes on', async () => {
    await open(`DEFINE ${both}, run: ({ materialized, log, selected }) => {
  materialized('r/b', { rows: 3 }); log(selected.join()); materialized('r/a')
} })`)
    const order: string[] = []
    const { error } = await make(undefined, {
      materialized: (asset, metadata) => order.push(`${asset} ${JSON.stringify(metadata)}`),
      log: (_, message) => order.push(message),
    })
    expect(error).toBeUndefined()
    expect(order).toEqual(['r/b {"rows":3}', 'r/a,r/b,r/c', 'r/a {}'])
  })
  it('that does not tell a required one fails, and keeps what was made', async () => {
    await open(`DEFINE ${both}, run: ({ materialized }) => materialized('r/a') }),
  check('r/a', 'asked', {}, () => ({ passed: true })), check('r/b', 'not_asked', {}, () => ({ passed: true }))`)
    expect(await make()).toMatchObject({
      made: [['r/a', {}]],
      checked: [['r/a', 'asked', true]],
      error: {
        code: 'USER_CODE_FAILED',
        message: 'The multi-asset reports did not make r/b.',
        hint: "Call materialized('r/b') when it is made, or give it `isOptional: true`.",
      },
    })
  })
  it('that can make some is told which, and owes no others', async () => {
    await open(`DEFINE ${both}, canSubset: true, run: ({ materialized, selected }) => {
  for (const key of selected) materialized(key)
} }), check('r/a', 'made_before', {}, () => ({ passed: true }))`)
    expect(await make(['r/b'])).toMatchObject({
      made: [['r/b', {}]],
      checked: [['r/a', 'made_before', true]],
      error: undefined,
    })
  })
  it.each([
    [`materialized('r/a'); materialized('r/a')`, 'said twice that it made r/a'],
    [`(materialized as (key: string) => void)('r/z')`, '"r/z", which is not one of its outputs'],
    [`materialized('r/b')`, '"r/b", which this run did not ask for'],
  ])('is told what is wrong with %s', async (body, message) => {
    await open(`DEFINE ${both}, canSubset: true, run: ({ materialized }) => { ${body} } })`)
    expect((await make(['r/a'])).error).toMatchObject({
      code: 'USER_CODE_FAILED',
      message: expect.stringContaining(message),
      at: { line: 2 },
    })
  })
  it('makes of each partition what is open of it', async () => {
    await open(`DEFINE multiAsset('m', { outputs: { a: {}, b: {} }, canSubset: true, partitions: partitions.static(['x', 'y']),
  run: ({ materialized, selected, partition }) => { for (const key of selected) materialized(key, { of: partition.key }) } }),
  check('b', 'fine', {}, () => ({ passed: true }))`)
    const open_ = { a: ['x'], b: ['x', 'y'] } as Record<string, string[]>
    const partitionsOf = (asset: string) => ({
      make: 'each' as const,
      partitions: (open_[asset] ?? []).map((key): RunPartition => ({ key })),
    })
    const made: unknown[] = []
    const { checked } = await make(undefined, {
      partitionsOf,
      materialized: (asset, metadata, keys) => made.push([asset, metadata?.of, keys]),
    })
    expect(made).toEqual([
      ['a', 'x', ['x']],
      ['b', 'x', ['x']],
      ['b', 'y', ['y']],
    ])
    expect(checked).toEqual([
      ['b', 'fine', true],
      ['b', 'fine', true],
    ])
  })
  it.each([
    [`multiAsset('m', { outputs: {}, run: () => {} })`, /The multi-asset m has no outputs/],
    [`multiAsset('m', { outputs: { 'a b': {} }, run: () => {} })`, /"a b" cannot be the name of an asset/],
    [`multiAsset('m', { outputs: { a: {} } } as never)`, /The multi-asset m lacks `run`/],
    [
      `multiAsset('m', { outputs: { a: {} }, run: () => {} }), multiAsset('m', { outputs: { b: {} }, run: () => {} })`,
      /Two multi-assets are called m/,
    ],
  ])('%s is refused', async (body, message) => {
    await open(`DEFINE ${body}`)
    await expect(code().load()).rejects.toMatchObject({
      code: 'DEFINITIONS_INVALID',
      message: expect.stringMatching(message),
      at: { line: 2 },
    })
  })
})
