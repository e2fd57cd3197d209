const steadySeconds = 30
const steadyPerSecond = 5_000

/**
 * Changes rows at a steady rate, and syncs meanwhile.
 * @param change changes so many rows behind the row of this number, in one transaction
 * @param rowCount of the table
 * @returns the oldest that a change was when it was there, in seconds, and how many came a second
 */
export async function steadyLag(
  change: (from: number, rows: number) => Promise<unknown>,
  rowCount: number,
  sync: () => Promise<void>,
): Promise<{ lag: number; rate: number }> {
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
  let lag = 0
  let before = performance.now()
  while (performance.now() - started < steadySeconds * 1000) {
    const began = performance.now()
    await sync()
    // What was committed right after the sync before this one had begun is here only now.
    lag = Math.max(lag, (performance.now() - before) / 1000)
    before = began
  }
  const rate = written / ((performance.now() - started) / 1000)
  isOver = true
  await writing
  await sync()
  return { lag, rate }
}
