import type { Clock, ErrorJson } from '../../base/index.js'
import type { ClaimedRun, NewRunEvent, OrchestrateStore, StepChange } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'

/** A run that was lost this often with its engine is not tried again: it is likely what ends the engine. */
export const maxLostAttempts = 3

/** Ends a run that took its engine down again and again, instead of doing it once more. */
export async function giveUp(store: OrchestrateStore, { run, lease }: ClaimedRun, clock: Clock): Promise<void> {
  const steps = await store.listSteps(run.id)
  const suspects = steps.filter((step) => step.status === 'running' || step.status === 'retrying')
  const named = suspects.map((step) => step.key).join(', ')
  const error: ErrorJson = orchestrateErrors
    .create('RUN_LOST', {
      message: `The engine ended ${run.attempt - 1} times in the middle of this run${named === '' ? '' : `, while it ran ${named}`}.`,
      hint: 'The lines of `millrace up` say how it ended. Run the steps one by one to find the one that ends it.',
    })
    .toJSON()
  const endedAt = clock.now().toISOString()
  const failed = suspects.map(({ key }): StepChange => ({ key, status: 'failed', endedAt, error }))
  const reason = 'the run was given up'
  const pending = steps.filter((step) => step.status === 'pending')
  const skipped = pending.map(({ key }): StepChange => ({ key, status: 'skipped', endedAt, reason }))
  const events = [
    ...suspects.map(
      ({ key }): NewRunEvent => ({ type: 'step_failed', step: key, level: 'error', message: error.message, error }),
    ),
    ...pending.map(({ key }): NewRunEvent => ({ type: 'step_skipped', step: key, message: reason })),
  ]
  // In one transaction: who dies here names the same steps the next time.
  await store.endRun(lease, 'failed', error, { record: { events, steps: [...failed, ...skipped] } })
}
