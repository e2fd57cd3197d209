import { describe, expect, it } from 'vitest'
import type { AssetSpec, AssetState, Definitions } from '../../orchestrate/index.js'
import { staleOf } from './staleness.js'

const at = (time: string) => `2026-03-02T${time}:00.000Z`
const asset = (key: string, deps: string[], kinds: string[] = [], codeVersion = '1') =>
  ({ key, deps, kinds, codeVersion, isExecutable: true }) as unknown as AssetSpec
const made = (key: string, time: string, rest: Partial<AssetState> = {}): AssetState => ({
  key,
  lastMaterializedAt: at(time),
  lastChangedAt: at(time),
  lastMadeRunId: `run at ${time}`,
  lastChangedRunId: `run at ${time}`,
  lastCodeVersion: '1',
  ...rest,
})
const reasonsOf = (assets: AssetSpec[], all: AssetState[]) => {
  const states = { assets: new Map(all.map((state) => [state.key, state])) }
  const definitions = { assets } as unknown as Definitions
  return Object.fromEntries(assets.map(({ key }) => [key, staleOf(definitions, key, states)?.reason]))
}

describe('staleOf', () => {
  const chain = [asset('raw/orders', []), asset('main/orders', ['raw/orders']), asset('reports/top', ['main/orders'])]

  it('counts when data changed, not when it was last looked at', () => {
    const looked = made('raw/orders', '09:00', { lastChangedAt: at('05:00') })
    expect(reasonsOf(chain, [looked, made('main/orders', '06:00'), made('reports/top', '07:00')])).toEqual({})
  })
  it('knows the run that changed it, also after another one made it without a change or failed to make what reads it', () => {
    const [, orders, top] = chain as [AssetSpec, AssetSpec, AssetSpec]
    const states = (changedBy: string) => [
      made('main/orders', '09:00', { lastChangedAt: at('06:00'), lastChangedRunId: changedBy, lastMadeRunId: 'later' }),
      made('reports/top', '06:01', { lastBeganAt: at('05:59'), lastMadeRunId: 'both', lastRunId: 'later' }),
    ]
    expect(reasonsOf([{ ...orders, deps: [] }, top], states('both'))).toEqual({})
    expect(reasonsOf([{ ...orders, deps: [] }, top], states('other'))).toEqual({
      'reports/top': 'upstream main/orders is newer',
    })
  })
  it('reaches further down, in the words of the root', () => {
    const states = [made('raw/orders', '09:00'), made('main/orders', '06:00'), made('reports/top', '10:00')]
    expect(reasonsOf(chain, states)).toEqual({
      'main/orders': 'upstream raw/orders is newer',
      'reports/top': 'upstream raw/orders is newer',
    })
    const changed = made('main/orders', '06:00', { lastCodeVersion: '0' })
    expect(reasonsOf(chain, [changed, made('reports/top', '07:00')])).toEqual({
      'main/orders': 'its code changed since',
      'reports/top': 'upstream main/orders is stale: its code changed since',
    })
  })
  it('goes by when the step began that made it: what it read may be older than what there was at its end', () => {
    const [, , top] = chain as [AssetSpec, AssetSpec, AssetSpec]
    const states = (lastBeganAt: string) => [
      made('main/orders', '09:00'),
      made('reports/top', '10:00', { lastBeganAt }),
    ]
    expect(reasonsOf([asset('main/orders', []), top], states(at('08:30')))).toEqual({
      'reports/top': 'upstream main/orders is newer',
    })
    expect(reasonsOf([asset('main/orders', []), top], states(at('09:30')))).toEqual({})
  })
  it('never calls a view stale for data, but a table over it', () => {
    const [raw, , top] = chain as [AssetSpec, AssetSpec, AssetSpec]
    const states = [made('raw/orders', '09:00'), made('main/orders', '06:00'), made('reports/top', '07:00')]
    expect(reasonsOf([raw, asset('main/orders', ['raw/orders'], ['dbt', 'view']), top], states)).toEqual({
      'reports/top': 'upstream raw/orders is newer',
    })
  })
  it('comes to an end in a circle', () => {
    const circle = [asset('a', ['b']), asset('b', ['a'])]
    expect(reasonsOf(circle, [made('a', '05:00'), made('b', '05:00')])).toEqual({})
  })
})
