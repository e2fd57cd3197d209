import type { GraphNode } from './fold.js'
import type { Layout } from './layout/index.js'
import type { Neighbours } from './select.js'

interface Where {
  readonly nodes: readonly GraphNode[]
  readonly layout: Layout
  readonly neighbours: Neighbours
  readonly focus: string | undefined
}

export type Step = { readonly type: 'focus'; readonly key: string | undefined } | { readonly type: 'open' }

/** What a key means in the graph: left to what it needs, right to what needs it, up and down within the column. */
export function moveWithKeys(key: string, { nodes, layout, neighbours, focus }: Where): Step | undefined {
  const at = focus === undefined ? undefined : layout.places.get(focus)
  if (key === 'Escape') return focus === undefined ? undefined : { type: 'focus', key: undefined }
  if (key === 'Enter') return at ? { type: 'open' } : undefined
  if (!key.startsWith('Arrow')) return undefined
  const nearest = (keys: readonly string[]): Step | undefined => {
    const [first] = keys
      .flatMap((one) => {
        const place = layout.places.get(one)
        return place
          ? [
              {
                one,
                distance: at
                  ? Math.abs(place.y - at.y) + Math.abs(place.x - at.x) / 10
                  : place.x + Math.abs(place.y) / 10,
              },
            ]
          : []
      })
      .sort((a, b) => a.distance - b.distance)
    return first && { type: 'focus', key: first.one }
  }
  if (!at || focus === undefined) return nearest(nodes.map((node) => node.key))
  if (key === 'ArrowLeft') return nearest(neighbours.up(focus))
  if (key === 'ArrowRight') return nearest(neighbours.down(focus))
  const isDown = key === 'ArrowDown'
  return nearest(
    nodes
      .map((node) => node.key)
      .filter((one) => {
        const place = layout.places.get(one)
        return place && place.x === at.x && (isDown ? place.y > at.y : place.y < at.y)
      }),
  )
}
