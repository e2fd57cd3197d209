import { describe, expect, it } from 'vitest'
import type { AssetSpec } from '../contract/index.js'
import { AssetGraph } from './select-assets.js'

const asset = (key: string, deps: string[] = []) => ({ key, deps }) as unknown as AssetSpec

/** `top0` splits into two that meet in `top1`, which splits again, and so on. */
const diamonds = (count: number) => [
  asset('top0'),
  ...Array.from({ length: count }, (_, i) => [
    asset(`left${i}`, [`top${i}`]),
    asset(`right${i}`, [`top${i}`]),
    asset(`top${i + 1}`, [`left${i}`, `right${i}`]),
  ]).flat(),
]

describe('AssetGraph.reach', () => {
  it('visits an asset once, however many ways lead to it', () => {
    // Way by way these would be 2^200 visits.
    const graph = AssetGraph.of(diamonds(200))
    expect(graph.reach(['top0'], 'down', Number.POSITIVE_INFINITY).size).toBe(601)
    expect(graph.reach(['top200'], 'up', Number.POSITIVE_INFINITY).size).toBe(601)
  })
  it('goes as far as it is told', () => {
    const graph = AssetGraph.of(diamonds(3))
    expect([...graph.reach(['top0'], 'down', 2)].sort()).toEqual(['left0', 'right0', 'top0', 'top1'])
    expect([...graph.reach(['top1'], 'up', 1)].sort()).toEqual(['left0', 'right0', 'top1'])
  })
})
