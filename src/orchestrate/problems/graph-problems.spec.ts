import { describe, expect, it } from 'vitest'
import { mapping, partitions } from '../authoring/partitions.js'
import type { AssetSpec, Definitions, PartitionMapping } from '../contract/index.js'
import { graphProblems } from './graph-problems.js'

const asset = (key: string, deps: string[] = [], line = 1) =>
  ({
    key,
    deps,
    group: 'g',
    tags: [],
    kinds: [],
    owners: [],
    source: { file: 'definitions.ts', line },
  }) as unknown as AssetSpec
const problemsOf = (parts: Partial<Definitions>) =>
  graphProblems({ assets: [], checks: [], schedules: [], sensors: [], automations: [], ...parts }).map((problem) =>
    problem.toJSON(),
  )

describe('graphProblems', () => {
  it('finds nothing where everything fits', () => {
    expect(problemsOf({ assets: [asset('raw/a'), asset('main/b', ['raw/a'])] })).toEqual([])
  })
  it('names an asset that is needed and not there, with the nearest one', () => {
    expect(problemsOf({ assets: [asset('main/worst_days'), asset('reports/x', ['main/worst_day'], 7)] })).toMatchObject(
      [
        {
          code: 'DEFINITIONS_INVALID',
          message: 'reports/x needs the asset main/worst_day, which does not exist.',
          at: { line: 7 },
          hint: expect.stringContaining('main/worst_days'),
        },
      ],
    )
  })
  it('names a check and a schedule that lead nowhere', () => {
    const problems = problemsOf({
      assets: [asset('raw/a')],
      checks: [{ asset: 'raw/b', name: 'is_full' }] as never,
      schedules: [{ name: 'nightly', target: 'group:none' }] as never,
    })
    expect(problems.map(({ message }) => message)).toEqual([
      'The check is_full needs the asset raw/b, which does not exist.',
      'The target of nightly names nothing: No asset matches `group:none`.',
    ])
  })
  it('names a schedule of nothing but what others make, and who listens to a schedule that is none', () => {
    const rates = { ...asset('bank/rates'), isExecutable: false }
    const telling = { name: 'tell', monitored: { type: 'run', of: { startedBy: ['nightli', 'asset_conditions'] } } }
    const problems = problemsOf({
      assets: [rates, { ...asset('x', ['bank/rates']), isExecutable: true }],
      schedules: [
        { name: 'nightly', target: 'bank/rates' },
        { name: 'all', target: '*' },
      ] as never,
      sensors: [telling, { name: 'observe_bank_rates', target: 'bank/rates', observes: 'bank/rates' }] as never,
    })
    expect(problems).toMatchObject([
      { message: 'The target of nightly cannot be made. There is nothing to run: bank/rates is made by others.' },
      {
        message:
          'The sensor tell is told of runs that nightli started, and no schedule, sensor or automation is called so.',
        hint: expect.stringContaining('nightly'),
      },
    ])
  })
  it('tells both places of a key that is used twice', () => {
    expect(problemsOf({ assets: [asset('main/a', [], 1), asset('main/a', [], 2)] })).toMatchObject([
      { code: 'ASSET_DUPLICATE', message: expect.stringContaining('definitions.ts:1'), at: { line: 2 } },
    ])
  })
  it('shows a circle in its order', () => {
    expect(problemsOf({ assets: [asset('a', ['b']), asset('b', ['c']), asset('c', ['a'])] })).toMatchObject([
      { code: 'ASSET_CYCLE', message: 'Assets need each other in a circle: a needs b needs c needs a.' },
    ])
  })
  it('lets an asset read earlier partitions of itself, and nothing else of itself', () => {
    const daily = partitions.daily({ start: '2024-01-01' })
    const days = partitions.multi({ day: daily, region: partitions.static(['eu']) })
    const [before, ownToo, after] = [
      mapping.timeWindow({ startOffset: -2, endOffset: -1 }),
      mapping.timeWindow({ startOffset: -1 }),
      mapping.timeWindow({ startOffset: 1, endOffset: 1 }),
    ]
    const itself = (spec: AssetSpec['partitions'], how?: PartitionMapping) => [
      asset('raw'),
      {
        ...asset('a', ['a', 'raw'], 4),
        partitions: spec,
        ...(how ? { partitionMappings: { a: how } } : {}),
      } as AssetSpec,
      asset('b', ['a']),
    ]
    expect(problemsOf({ assets: itself(daily, before) })).toEqual([])
    expect(problemsOf({ assets: itself(days, mapping.multi({ day: { dimension: 'day', mapping: before } })) })).toEqual(
      [],
    )
    const late = partitions.multi({ when: daily, region: partitions.static(['eu', 'us']) })
    const byRegion = { when: { dimension: 'when', mapping: before }, region: { dimension: 'region' } }
    expect(problemsOf({ assets: itself(late, mapping.multi(byRegion)) })).toEqual([])
    for (const assets of [
      // The us of the day before comes after the eu of the day.
      itself(late, mapping.multi({ when: byRegion.when })),
      itself(undefined),
      itself(daily),
      itself(daily, ownToo),
      itself(daily, after),
      itself(days),
      itself(days, mapping.multi({ day: { dimension: 'day' } })),
      itself(partitions.static(['x']), before),
    ])
      expect(problemsOf({ assets })).toMatchObject([
        {
          code: 'ASSET_CYCLE',
          message: 'Assets need each other in a circle: a needs a.',
          at: { line: 4 },
          hint: expect.stringContaining('only partitions before its own'),
        },
      ])
  })
  it('finds what one function would have to wait for itself for', () => {
    const made = (key: string, deps: string[], step: string) => ({ ...asset(key, deps), step })
    const assets = [made('a', [], 'ts:multi:m'), made('b', ['a', 'x'], 'ts:multi:m'), made('x', ['raw'], 'ts:x')]
    expect(problemsOf({ assets: [...assets, asset('raw')] })).toEqual([])
    const [a, b] = assets as [AssetSpec, AssetSpec]
    expect(problemsOf({ assets: [a, b, made('x', ['a'], 'ts:x')] })).toMatchObject([
      { code: 'ASSET_CYCLE', message: 'b needs what is made from a, and one function makes both at once.' },
    ])
  })
})
