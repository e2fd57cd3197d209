import type { TickView } from '../../../../src/server/contract/index.js'

export interface FoldedTick {
  /** The newest of them. */
  readonly tick: TickView
  readonly times: number
  /** When the oldest of them was. */
  readonly since: string
}

/** Ticks that found nothing for the same reason, one after the other, are one line. Newest first, as the ticks are. */
export function foldTicks(ticks: readonly TickView[]): FoldedTick[] {
  const lines: FoldedTick[] = []
  for (const tick of ticks) {
    const last = lines.at(-1)
    const isSame =
      last && tick.status === 'skipped' && last.tick.status === 'skipped' && last.tick.reason === tick.reason
    if (isSame) lines[lines.length - 1] = { ...last, times: last.times + 1, since: tick.at }
    else lines.push({ tick, times: 1, since: tick.at })
  }
  return lines
}
