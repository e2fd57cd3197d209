import type { Slot } from './order.js'

const gap = 18
/** Where an edge passes it must stay as straight as can be; a card may give way. */
const weight = (slot: Slot) => (slot.key === undefined ? 3 : 1)
const rounds = 12

/**
 * The height of every slot: near the middle of its neighbours, with the order of its column and the gaps kept. Each column is
 * solved exactly (least squares under an order: pool adjacent violators), to the right and back, until it hardly moves.
 */
export function place(columns: readonly (readonly Slot[])[]): void {
  for (const column of columns) {
    let y = 0
    for (const slot of column) {
      slot.y = y + slot.height / 2
      y += slot.height + gapBelow(slot)
    }
    for (const slot of column) slot.y -= y / 2
  }
  for (let round = 0; round < rounds; round++) {
    const isRightward = round % 2 === 0
    for (const column of isRightward ? columns : [...columns].reverse())
      settle(column, (slot) => {
        const near = round >= rounds - 4 ? [...slot.before, ...slot.after] : isRightward ? slot.before : slot.after
        return near.length === 0 ? slot.y : near.reduce((sum, one) => sum + one.y, 0) / near.length
      })
  }
}

/** Two edges that pass side by side need less air than two cards. */
const gapBelow = (slot: Slot) => (slot.key === undefined ? gap / 2 : gap)

function settle(column: readonly Slot[], wanted: (slot: Slot) => number): void {
  const offsets: number[] = []
  let offset = 0
  for (const [i, slot] of column.entries()) {
    const above = column[i - 1]
    if (above) offset += above.height / 2 + gapBelow(above) + slot.height / 2
    offsets.push(offset)
  }
  const blocks: { sum: number; weight: number; count: number }[] = []
  for (const [i, slot] of column.entries()) {
    let block = { sum: (wanted(slot) - (offsets[i] as number)) * weight(slot), weight: weight(slot), count: 1 }
    for (let last = blocks.at(-1); last && last.sum / last.weight > block.sum / block.weight; last = blocks.at(-1)) {
      blocks.pop()
      block = { sum: last.sum + block.sum, weight: last.weight + block.weight, count: last.count + block.count }
    }
    blocks.push(block)
  }
  let i = 0
  for (const { sum, weight, count } of blocks)
    for (let n = 0; n < count; n++, i++) (column[i] as Slot).y = sum / weight + (offsets[i] as number)
}
