import { expect, it } from 'vitest'
import type { StepContext } from '../../../orchestrate/index.js'
import type { NodeResult, RunSession } from '../../../transform/index.js'
import { warehouseErrors } from '../../../warehouse/index.js'
import { DbtExecutor } from './dbt-executor.js'
import type { DbtRuntime } from './dbt-runtime.js'

const made = { unique_id: 'model.p.a', status: 'success', execution_time: 0, adapter_response: {} }

/** An executor whose warehouse answers with these errors first, and how often the hooks of the run began. */
function executor(...errors: readonly Error[]) {
  const waiting = [...errors]
  let hooks = 0
  const session = {
    manifest: { nodes: {} },
    forRun: () => session,
    refreshRelations: async () => {},
    runHooks: async () => {
      hooks++
      const error = waiting.shift()
      if (error) throw error
    },
    runNode: async () => made as unknown as NodeResult,
  } as unknown as RunSession
  const runtime = { session: async () => session, remember: () => {}, warehouseChanges: () => {} }
  const executor = new DbtExecutor(runtime as unknown as DbtRuntime)
  const context = { runId: 'r', step: { key: 'dbt:model.p.a', checks: [] }, assets: [], log: () => {} }
  const { signal } = new AbortController()
  return {
    step: () => executor.execute({ ...context, signal } as unknown as StepContext),
    hooks: () => hooks,
  }
}

it('a warehouse that was away as a run began does not fail what follows', async () => {
  const { step, hooks } = executor(warehouseErrors.create('WAREHOUSE_UNREACHABLE', { message: 'away' }))
  const both = await Promise.allSettled([step(), step()])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await step()
  await step()
  expect(hooks()).toBe(2)
})

it('a hook that is wrong is not done again for each step', async () => {
  const { step, hooks } = executor(warehouseErrors.create('WAREHOUSE_SQL', { message: 'no such table' }))
  for (const _ of [1, 2, 3]) await expect(step()).rejects.toMatchObject({ code: 'WAREHOUSE_SQL' })
  expect(hooks()).toBe(1)
})
