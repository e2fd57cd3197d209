import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapping, partitions } from '../../src/orchestrate/authoring/partitions.js'
import { BackfillLayout } from '../../src/orchestrate/backfills/backfill-layout.js'
import { planBackfill } from '../../src/orchestrate/backfills/plan-backfill.js'
import type { AssetSpec, Definitions, PartitionMapping } from '../../src/orchestrate/contract/index.js'
import { upstreamPartitions } from '../../src/orchestrate/partitions/mappings.js'
import { PartitionSet } from '../../src/orchestrate/partitions/partition-set.js'
import { partitionSpace } from '../../src/orchestrate/partitions/partition-space.js'
import { mappingsOf } from '../../src/orchestrate/partitions/reads.js'
import { parsePartitions } from '../../src/orchestrate/partitions/selection.js'
import { assetSpec } from './definitions.js'

const moment = { now: new Date('2024-02-01'), dynamicKeys: new Map<string, readonly string[]>() }
const specs = {
  hourly: partitions.hourly({ start: '2024-01-01', end: '2024-01-03' }),
  daily: partitions.daily({ start: '2024-01-01', end: '2024-01-07' }),
  later: partitions.daily({ start: '2024-01-02', end: '2024-01-09' }),
  weekly: partitions.weekly({ start: '2024-01-01', end: '2024-01-22' }),
  none: undefined,
}

const project = (assets: readonly AssetSpec[]) => ({ assets, steps: [], problems: [] }) as unknown as Definitions
const plan = (assets: readonly AssetSpec[], wish: Partial<Parameters<typeof planBackfill>[1]> = {}) =>
  planBackfill(project(assets), { selection: '*', partitions: '*', ...wish }, moment.dynamicKeys, moment.now)
const days = assetSpec('days', { partitions: specs.daily })

/** The first reads nothing and has partitions; others read some of those before them, in any way, or themselves. */
const mappings: readonly (PartitionMapping | undefined)[] = [
  undefined,
  undefined,
  mapping.all(),
  mapping.last(),
  mapping.timeWindow({ startOffset: -1 }),
  mapping.timeWindow({ startOffset: -2, endOffset: -1 }),
]
const graphs = fc
  .array(
    fc.record({
      spec: fc.constantFrom(...(Object.keys(specs) as (keyof typeof specs)[])),
      readsItself: fc.boolean(),
      isView: fc.boolean(),
      isTogether: fc.boolean(),
      deps: fc.array(fc.record({ place: fc.nat(6), mapping: fc.constantFrom(...mappings) }), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
    { maxLength: 6 },
  )
  .map((others): AssetSpec[] => [
    days,
    ...others.map(({ spec, readsItself, isView, isTogether, deps }, i) => {
      const key = `a${i}`
      const read = new Map(
        deps.map((dep) => [dep.place % (i + 1) === 0 ? 'days' : `a${(dep.place % (i + 1)) - 1}`, dep.mapping]),
      )
      if (readsItself && specs[spec]) read.set(key, mapping.timeWindow({ startOffset: -1, endOffset: -1 }))
      const used = [...read].flatMap(([dep, one]) => (one && specs[spec] ? [[dep, one] as const] : []))
      return assetSpec(key, {
        deps: [...read.keys()],
        partitions: specs[spec],
        partitionMappings: Object.fromEntries(used),
        makesPartitions: isTogether ? 'together' : 'each',
        ...(isView && !specs[spec] ? { kinds: ['dbt', 'view'] } : {}),
      })
    }),
  ])

describe('the runs of a backfill', () => {
  it('make every partition once, and none before those that it reads', () => {
    fc.assert(
      fc.property(graphs, fc.constantFrom(undefined, 1, 2, 3, 'all' as const), (assets, perRun) => {
        const planned = plan(assets, { perRun })
        const layout = new BackfillLayout(project(assets), planned, moment)
        const byKey = new Map(assets.map((one) => [one.key, one]))
        const placeOf = new Map<string, number>()
        for (let place = 0; place < planned.runCount; place++) {
          const piece = layout.at(place)
          for (const key of piece.assets) {
            const spec = byKey.get(key)?.partitions
            const names = spec
              ? [...parsePartitions(partitionSpace(spec, moment), piece.partitions as string).indexes()]
              : ['']
            for (const name of names) {
              // Views between others are made by each run.
              if (!byKey.get(key)?.kinds.includes('view')) expect(placeOf.has(`${key} ${name}`)).toBe(false)
              placeOf.set(`${key} ${name}`, place)
            }
          }
        }
        const wanted = (key: string) => {
          const part = planned.parts.find((one) => one.assets.includes(key))
          const spec = byKey.get(key)?.partitions
          return part?.partitions === undefined || !spec
            ? PartitionSet.none
            : parsePartitions(partitionSpace(spec, moment), part.partitions)
        }
        for (const one of assets)
          for (const dep of one.deps) {
            const [down, up] = [one.partitions, byKey.get(dep)?.partitions]
            if (!down || !up) continue
            const [downSpace, upSpace] = [partitionSpace(down, moment), partitionSpace(up, moment)]
            for (const index of wanted(one.key).indexes()) {
              const place = placeOf.get(`${one.key} ${index}`) as number
              const needed = new Set(
                layout
                  .needsOf(place)
                  .flatMap(({ upstream, places }) => (upstream === dep ? [...places.indexes()] : [])),
              )
              const read = mappingsOf(one, dep).flatMap((how) => [
                ...upstreamPartitions(PartitionSet.of([[index, index + 1]]), downSpace, upSpace, how)
                  .intersection(wanted(dep))
                  .indexes(),
              ])
              for (const other of read) {
                const made = placeOf.get(`${dep} ${other}`) as number
                expect(made).toBeLessThanOrEqual(place)
                if (made < place) expect(needed.has(made)).toBe(true)
              }
            }
          }
        for (const one of assets.filter((other) => !other.partitions && !other.kinds.includes('view')))
          for (const dep of one.deps) {
            const place = placeOf.get(`${one.key} `) as number
            for (const index of wanted(dep).indexes()) expect(placeOf.get(`${dep} ${index}`)).toBeLessThan(place)
          }
      }),
      { numRuns: 300 },
    )
  })

  it('make all together that follows partition by partition, with views between', () => {
    const cut = (key: string, ...deps: string[]) => assetSpec(key, { partitions: specs.daily, deps })
    const view = assetSpec('view', { kinds: ['dbt', 'view'], deps: ['a'] })
    const assets = [days, cut('a', 'days'), cut('b', 'days'), view, cut('c', 'view', 'b'), cut('d', 'a'), cut('alone')]
    expect(plan(assets).parts.map((part) => part.assets)).toEqual([assets.map(({ key }) => key)])
    expect(plan([...assets, assetSpec('last', { kinds: ['dbt', 'view'], deps: ['c'] })]).parts).toMatchObject([
      { runCount: 6 },
      { assets: ['last'], runCount: 1 },
    ])
  })

  it('of a hundred thousand partitions is found by its place', () => {
    const hours = assetSpec('hours', { partitions: partitions.hourly({ start: '2010-01-01', end: '2024-01-01' }) })
    const planned = plan([hours, assetSpec('reports', { partitions: hours.partitions, deps: ['hours'] })])
    const layout = new BackfillLayout(
      project([hours, assetSpec('reports', { partitions: hours.partitions, deps: ['hours'] })]),
      planned,
      moment,
    )
    expect(planned).toMatchObject({ runCount: 122_712, parts: [{ assets: ['hours', 'reports'] }] })
    expect(layout.hasNeeds).toBe(false)
    expect(layout.at(100_000).partitions).toBe('2021-05-29-16:00')
  })

  it('of what is cut in other ways are of the partitions that follow from the chosen ones', () => {
    const hours = assetSpec('hours', { partitions: specs.hourly })
    const daily = assetSpec('daily', { partitions: specs.daily, deps: ['hours'] })
    const totals = assetSpec('totals', { deps: ['daily'] })
    const wish = { partitions: '2024-01-01-22:00...2024-01-02-01:00' }
    expect(plan([hours, daily, totals], wish)).toMatchObject({
      runCount: 7,
      partitionCount: 4,
      parts: [
        { assets: ['hours'], runCount: 4 },
        { assets: ['daily'], partitions: '2024-01-01...2024-01-02', runCount: 2 },
        { assets: ['totals'], runCount: 1 },
      ],
    })
    expect(plan([hours, daily, totals], wish).parts[2]?.partitions).toBeUndefined()
  })
})
