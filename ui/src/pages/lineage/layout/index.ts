import { order, type Slot } from './order.js'
import { place } from './place.js'
import { type LayoutNode, ranks } from './ranks.js'

export interface Point {
  readonly x: number
  readonly y: number
}
export interface Layout {
  /** The upper left corner of every card. */
  readonly places: ReadonlyMap<string, Point>
  /** Where the edge `from to` passes the columns between its ends: x at the left of the column, y in it. */
  readonly routes: ReadonlyMap<string, readonly Point[]>
}

export const cardWidth = 220
export const cardHeight = 78
const columnGap = 84
const passHeight = 10
/** Nodes without any edge lie below the graph, side by side. */
const looseColumns = 6
const looseGap = 16

/** From left to right in the direction of the data: columns, few crossings, and a way between the cards for every edge. */
export function layout(nodes: readonly LayoutNode[]): Layout {
  const known = new Set(nodes.map((node) => node.key))
  const used = new Set(
    nodes.flatMap((node) => (node.deps.some((dep) => known.has(dep)) ? [node.key, ...node.deps] : [])),
  )
  const linked = nodes.filter((node) => used.has(node.key))
  const { columns, slotOf, passes } = slots(linked)
  order(columns)
  place(columns)
  const xOf = (rank: number) => rank * (cardWidth + columnGap)
  const places = new Map<string, Point>()
  for (const [key, slot] of slotOf) places.set(key, { x: xOf(slot.rank), y: slot.y - slot.height / 2 })
  const routes = new Map<string, readonly Point[]>()
  for (const node of linked)
    for (const dep of node.deps) {
      const [from, to] = [slotOf.get(dep), slotOf.get(node.key)]
      if (!from || !to) continue
      const between = (passes.get(dep) ?? []).filter((slot) => slot.rank > from.rank && slot.rank < to.rank)
      routes.set(
        `${dep} ${node.key}`,
        between.map((slot) => ({ x: xOf(slot.rank), y: slot.y })),
      )
    }
  const bottom = Math.max(0, ...linked.map((node) => (places.get(node.key) as Point).y + node.height + 3 * looseGap))
  const loose = nodes.filter((node) => !used.has(node.key))
  for (const [i, node] of loose.entries())
    places.set(node.key, {
      x: (i % looseColumns) * (cardWidth + looseGap),
      y: bottom + Math.floor(i / looseColumns) * (node.height + looseGap),
    })
  return { places, routes }
}

/** Cards in their columns, and for every long edge a place to pass in each column between. Edges of one node share theirs. */
function slots(nodes: readonly LayoutNode[]) {
  const rank = ranks(nodes)
  const columns: Slot[][] = []
  let id = 0
  const add = (at: number, height: number, key?: string): Slot => {
    const slot: Slot = { id: id++, rank: at, height, key, before: [], after: [], order: 0, y: 0 }
    while (columns.length <= at) columns.push([])
    columns[at]?.push(slot)
    return slot
  }
  const slotOf = new Map<string, Slot>()
  const passes = new Map<string, Slot[]>()
  const farthest = new Map<string, number>()
  for (const node of nodes)
    for (const dep of node.deps)
      if (rank.has(dep)) farthest.set(dep, Math.max(farthest.get(dep) ?? 0, rank.get(node.key) ?? 0))
  const link = (a: Slot, b: Slot) => {
    a.after.push(b)
    b.before.push(a)
  }
  for (const node of depthFirst(nodes)) {
    const at = rank.get(node.key) ?? 0
    let last = add(at, node.height, node.key)
    slotOf.set(node.key, last)
    const own: Slot[] = []
    for (let i = at + 1; i < (farthest.get(node.key) ?? 0); i++) {
      const pass = add(i, passHeight)
      link(last, pass)
      own.push(pass)
      last = pass
    }
    passes.set(node.key, own)
  }
  for (const node of nodes)
    for (const dep of node.deps) {
      const [from, to] = [slotOf.get(dep), slotOf.get(node.key)]
      if (!from || !to || from.rank >= to.rank) continue
      link(to.rank - from.rank === 1 ? from : ((passes.get(dep) ?? [])[to.rank - from.rank - 2] as Slot), to)
    }
  return { columns, slotOf, passes }
}

/** Neighbours near each other from the start: the sweeps find better orders from there. */
function depthFirst(nodes: readonly LayoutNode[]): LayoutNode[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const children = new Map<string, LayoutNode[]>()
  for (const node of nodes)
    for (const dep of node.deps) {
      const known = children.get(dep)
      if (known) known.push(node)
      else children.set(dep, [node])
    }
  const seen = new Set<string>()
  const found: LayoutNode[] = []
  for (const root of nodes) {
    const stack = [root]
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (seen.has(node.key)) continue
      seen.add(node.key)
      found.push(node)
      for (const child of children.get(node.key) ?? []) stack.push(child)
      for (const dep of node.deps) {
        const parent = byKey.get(dep)
        if (parent) stack.push(parent)
      }
    }
  }
  return found
}
