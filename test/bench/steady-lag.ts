import { median } from './example-copy.js'
import { type Figure, inSeconds } from './figure.js'

const steadySeconds = 30
const steadyPerSecond = 5_000

/**
 * Changes rows at a steady rate, and syncs meanwhile.
 * @param change changes so many rows behind the row of this number, in one transaction
 * @param rowCount of the table
 * @returns how old the oldest change of each sync was when it was there: the median, and the most
 */
export async function steadyLag(
  what: string,
  change: (from: number, rows: number) => Promise<unknown>,
  rowCount: number,
  sync: () => Promise<void>,
): Promise<Figure> {
  const started = performance.now()
  let written = 0
  let isOver = false
  const writing = (async () => {
    while (!isOver) {
      const due = Math.min(((performance.now() - started) / 1000) * steadyPerSecond - written, steadyPerSecond)
      const rows = Math.max(50, Math.floor(due / 50) * 50)
      await change(written % (rowCount - steadyPerSecond), rows)
      written += rows
      if (due < 100) await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })()
  // Where a sync fails, that is what is said.
  writing.catch(() => {})
  const lags: number[] = []
  let before = performance.now()
  let rate = 0
  try {
    while (performance.now() - started < steadySeconds * 1000) {
      const began = performance.now()
      await sync()
      // What was committed right after the sync before this one had begun is here only now.
      lags.push((performance.now() - before) / 1000)
      before = began
    }
    rate = written / ((performance.now() - started) / 1000)
  } finally {
    isOver = true
  }
  await writing
  await sync()
  return {
    what: `${what}, syncs one after the other while ${steadyPerSecond} rows/s are to change: age of the oldest change when it is there`,
    millrace: `${inSeconds(median(lags))}, at most ${inSeconds(Math.max(...lags))} (${Math.round(rate)} rows/s)`,
    comparedWith: 'aim: 2 s at 5 000/s',
    ratio: '',
  }
}
