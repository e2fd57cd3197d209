import { Semaphore } from '../../base/index.js'
import type { StepExecutor } from '../../orchestrate/index.js'

/**
 * An executor whose steps take turns with themselves: two runs that want the same step (two commands at once, a schedule
 * and a person) would write the same tables at the same time. Different steps still run side by side.
 */
export function oneAtATime(executor: StepExecutor): StepExecutor {
  const turns = new Map<string, { readonly turn: Semaphore; users: number }>()
  return {
    kind: executor.kind,
    async execute(context) {
      const { key } = context.step
      const entry = turns.get(key) ?? { turn: new Semaphore(1), users: 0 }
      turns.set(key, entry)
      entry.users++
      try {
        await entry.turn.run(async () => {
          context.signal.throwIfAborted()
          await executor.execute(context)
        }, context.signal)
      } finally {
        if (--entry.users === 0) turns.delete(key)
      }
    },
    finishRun: async (runId, outcome) => executor.finishRun?.(runId, outcome),
  }
}
