import { type Clock, MillraceError } from '../../base/index.js'
import type { Warehouse } from '../../warehouse/index.js'

/** Another build ends, or a query in another program; who forgot a program that is open hears of it before. */
const patienceMs = 60_000
const pollMs = 250

/**
 * Opens a warehouse, and waits while another process has its file: DuckDB lets one at a time.
 * @throws WAREHOUSE_LOCKED when it has it for long
 */
export async function openWhenFree(
  open: () => Promise<Warehouse>,
  { clock, signal, onWait }: { clock: Clock; signal?: AbortSignal | undefined; onWait: (message: string) => void },
): Promise<Warehouse> {
  const deadline = clock.monotonicMs() + patienceMs
  for (let attempt = 0; ; attempt++)
    try {
      return await open()
    } catch (error) {
      const isLocked = error instanceof MillraceError && error.code === 'WAREHOUSE_LOCKED'
      if (!isLocked || clock.monotonicMs() > deadline) throw error
      if (attempt === 0) onWait(`${error.message} Waiting for it, ${patienceMs / 1000} seconds at most.`)
      await clock.sleep(pollMs, { signal })
    }
}
