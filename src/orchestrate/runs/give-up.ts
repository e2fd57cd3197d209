import type { OrchestrateStore, Run, RunLease } from '../contract.js'
import { orchestrateErrors } from '../errors.js'

/** A run that was lost this often with its engine is not tried again: it is likely what ends the engine. */
export const maxLostAttempts = 3

/** Ends a run that took its engine down again and again, instead of doing it once more. */
export async function giveUp(store: OrchestrateStore, run: Run, lease: RunLease): Promise<void> {
  const steps = await store.listSteps(run.id)
  const suspects = steps.filter((step) => step.status === 'running' || step.status === 'retrying')
  const named = suspects.map((step) => step.key).join(', ')
  const error = orchestrateErrors
    .create('RUN_LOST', {
      message: `The engine ended ${run.attempt - 1} times in the middle of this run${named === '' ? '' : `, while it ran ${named}`}.`,
      hint: 'The lines of `millrace up` say how it ended. Run the steps one by one to find the one that ends it.',
    })
    .toJSON()
  const endedAt = new Date().toISOString()
  for (const step of steps) {
    if (suspects.includes(step)) await store.updateStep(lease, step.key, { status: 'failed', endedAt, error })
    else if (step.status === 'pending')
      await store.updateStep(lease, step.key, { status: 'skipped', endedAt, reason: 'the run was given up' })
  }
  await store.setRunStatus(lease, 'failed', error)
}
