import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cardHeight, cardWidth, layout } from './index.js'
import { crossings, order, type Slot } from './order.js'
import type { LayoutNode } from './ranks.js'

const node = (key: string, ...deps: string[]): LayoutNode => ({ key, deps, height: cardHeight })

/** Graphs without cycles: every node needs some of those before it. */
const graphs = fc
  .array(fc.array(fc.nat(200), { maxLength: 4 }), { minLength: 1, maxLength: 40 })
  .map((wishes) =>
    wishes.map((wish, i) => node(`n${i}`, ...new Set(i === 0 ? [] : wish.map((number) => `n${number % i}`)))),
  )

describe('the layout of the lineage', () => {
  it('puts every asset right of all that it needs', () =>
    fc.assert(
      fc.property(graphs, (nodes) => {
        const { places } = layout(nodes)
        for (const { key, deps } of nodes)
          for (const dep of deps)
            expect(places.get(key)?.x).toBeGreaterThanOrEqual((places.get(dep)?.x ?? 0) + cardWidth)
      }),
    ))

  it('lays no card on another one', () =>
    fc.assert(
      fc.property(graphs, (nodes) => {
        const places = [...layout(nodes).places.values()]
        for (const [i, a] of places.entries())
          for (const b of places.slice(i + 1))
            expect(Math.abs(a.x - b.x) >= cardWidth || Math.abs(a.y - b.y) >= cardHeight).toBe(true)
      }),
    ))

  it('leads no edge behind a card', () =>
    fc.assert(
      fc.property(graphs, (nodes) => {
        const { places, routes } = layout(nodes)
        for (const route of routes.values())
          for (const pass of route)
            for (const card of places.values())
              if (card.x === pass.x) expect(pass.y > card.y && pass.y < card.y + cardHeight).toBe(false)
      }),
    ))

  it('ends where a broken project goes in circles, and shows every asset', () => {
    const { places } = layout([node('a', 'c'), node('b', 'a'), node('c', 'b'), node('d', 'c'), node('e', 'e')])
    expect([...places.keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('unties what can be drawn without crossings', () => {
    const slot = (id: number, rank: number): Slot => ({
      id,
      rank,
      height: cardHeight,
      key: `${id}`,
      before: [],
      after: [],
      order: 0,
      y: 0,
    })
    const left = [0, 1, 2, 3].map((id) => slot(id, 0))
    const right = [4, 5, 6, 7].map((id) => slot(id, 1))
    for (const [i, from] of left.entries()) {
      const to = right[3 - i] as Slot
      from.after.push(to)
      to.before.push(from)
    }
    const columns = [left, right]
    expect(crossings(columns.map((column) => column.map((one, i) => Object.assign(one, { order: i }))))).toBe(6)
    order(columns)
    expect(crossings(columns)).toBe(0)
  })
})
