/** A place in a column: a card, or the point where a long edge passes through. */
export interface Slot {
  readonly id: number
  readonly rank: number
  readonly height: number
  /** The node's key; undefined where an edge passes. */
  readonly key: string | undefined
  /** Slots of the neighbouring columns. */
  readonly before: Slot[]
  readonly after: Slot[]
  /** Its place from the top of the column. */
  order: number
  y: number
}

/** Sweeps to find few crossings; counting them, and swapping neighbours, is worth it up to this many slots. */
const carefulUpTo = 3_000

/**
 * Orders every column so that few edges cross: each slot goes to the middle of its neighbours, column by column, to the
 * right and back; then neighbours swap places where that helps. The best order met is kept. (Sugiyama's method.)
 */
export function order(columns: Slot[][]): void {
  const slots = columns.reduce((sum, column) => sum + column.length, 0)
  const isCareful = slots <= carefulUpTo
  for (const column of columns) number(column)
  let best = isCareful ? crossings(columns) : Number.POSITIVE_INFINITY
  let bestOrder = isCareful ? columns.map((column) => [...column]) : undefined
  for (let round = 0; round < (isCareful ? 24 : 8) && best > 0; round++) {
    const isRightward = round % 2 === 0
    for (const column of isRightward ? columns : [...columns].reverse())
      sweep(column, (slot) => (isRightward ? slot.before : slot.after))
    if (!isCareful) continue
    if (round >= 4) swapNeighbours(columns)
    const found = crossings(columns)
    if (found < best) {
      best = found
      bestOrder = columns.map((column) => [...column])
    }
  }
  if (!bestOrder) return
  for (const [i, column] of bestOrder.entries()) {
    columns[i] = column
    number(column)
  }
}

function number(column: readonly Slot[]): void {
  for (const [i, slot] of column.entries()) slot.order = i
}

function sweep(column: Slot[], neighbours: (slot: Slot) => readonly Slot[]): void {
  const middle = new Map<Slot, number>()
  for (const slot of column) {
    const near = neighbours(slot)
    middle.set(slot, near.length === 0 ? slot.order : near.reduce((sum, one) => sum + one.order, 0) / near.length)
  }
  column.sort((a, b) => (middle.get(a) as number) - (middle.get(b) as number) || a.order - b.order)
  number(column)
}

/** Edges between two columns cross where their ends are ordered differently: inversions, counted in a Fenwick tree. */
export function crossings(columns: readonly (readonly Slot[])[]): number {
  let total = 0
  for (const column of columns) {
    const ends = column.flatMap((slot) => slot.after.map((other) => other.order).sort((a, b) => a - b))
    const size = Math.max(0, ...ends) + 2
    const tree = new Uint32Array(size + 1)
    for (const [seen, end] of ends.entries()) {
      let notAfter = 0
      for (let i = end + 1; i > 0; i -= i & -i) notAfter += tree[i] as number
      total += seen - notAfter
      for (let i = end + 1; i <= size; i += i & -i) tree[i] = (tree[i] as number) + 1
    }
  }
  return total
}

function swapNeighbours(columns: readonly Slot[][]): void {
  for (const column of columns)
    for (let i = 0; i + 1 < column.length; i++) {
      const [upper, lower] = [column[i] as Slot, column[i + 1] as Slot]
      const now = between(upper.before, lower.before) + between(upper.after, lower.after)
      const swapped = between(lower.before, upper.before) + between(lower.after, upper.after)
      if (swapped >= now) continue
      column[i] = lower
      column[i + 1] = upper
      lower.order = i
      upper.order = i + 1
    }
}

/** How many edges of two slots cross while the first one lies above the second. */
function between(upper: readonly Slot[], lower: readonly Slot[]): number {
  let found = 0
  for (const a of upper) for (const b of lower) if (a.order > b.order) found++
  return found
}
