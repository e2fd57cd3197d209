import { Semaphore } from '../../base/index.js'
import type { StepContext, StepExecutor } from '../../orchestrate/index.js'

/**
 * An executor whose steps take turns with themselves: two runs that want the same step (two commands at once, a schedule
 * and a person) would write the same tables at the same time. Different steps still run side by side. Where other engines write into the same
 * warehouse, runs take turns by the store besides (`orchestrate/limits/turns.ts`).
 */
export function oneAtATime(executor: StepExecutor): StepExecutor {
  const turns = new Map<string, { readonly turn: Semaphore; users: number }>()
  const inTurn = async (context: StepContext, work: () => Promise<void>) => {
    const { key } = context.step
    const entry = turns.get(key) ?? { turn: new Semaphore(1), users: 0 }
    turns.set(key, entry)
    entry.users++
    try {
      await entry.turn.run(async () => {
        context.signal.throwIfAborted()
        await work()
      }, context.signal)
    } finally {
      if (--entry.users === 0) turns.delete(key)
    }
  }
  return {
    kind: executor.kind,
    execute: (context) => inTurn(context, () => executor.execute(context)),
    ...(executor.clear ? { clear: (context) => inTurn(context, async () => executor.clear?.(context)) } : {}),
    finishRun: async (...run) => executor.finishRun?.(...run),
  }
}
