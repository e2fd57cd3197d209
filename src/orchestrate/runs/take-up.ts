import type { ErrorJson } from '../../base/index.js'
import type { RunEvent, RunStep, StepSpec } from '../contract/index.js'
import type { FailedAttempt } from './retries.js'
import { isOfAll, type RunPartitions } from './run-partitions.js'
import type { RunProgress } from './run-progress.js'

/** The events that tell what was done. */
export const takenUpEvents = ['asset_materialized', 'check_evaluated', 'step_retrying'] as const

export interface Former {
  readonly steps: readonly RunStep[]
  /** Of the run, oldest first: `takenUpEvents`. */
  readonly events: readonly RunEvent[]
  readonly specs: ReadonlyMap<string, StepSpec>
  /** Is told of all that stays. */
  readonly progress: RunProgress
  readonly partitions: RunPartitions | undefined
}

export interface TakenUp {
  /** Of the first step that failed. */
  readonly error: ErrorJson | undefined
  /** By step: after which another one was to follow. */
  readonly attempts: ReadonlyMap<string, readonly FailedAttempt[]>
  /** Steps of which everything is made and checked, and whose end nobody told. */
  readonly whole: readonly RunStep[]
}

/** What a former engine has done of a run stays done: whole steps, and single assets and checks of those that it did not finish. */
export function takeUp(former: Former): TakenUp {
  const attempts = new Map<string, FailedAttempt[]>()
  for (const event of former.events) {
    const { type, step = '', metadata } = event
    if (type === 'asset_materialized') takeUpAsset(former, event)
    else if (type === 'check_evaluated') takeUpCheck(former, event)
    else attempts.set(step, [...(attempts.get(step) ?? []), { keptProgress: metadata?.kept_progress === true }])
  }
  const { steps, progress } = former
  for (const step of steps) if (hasEnded(step)) leaveAsItIs(progress, step)
  const isWhole = ({ assets, checks }: RunStep) =>
    assets.every((asset) => progress.isMade(asset)) &&
    checks.every(({ asset, name }) => progress.isChecked(asset, name))
  return {
    error: steps.find(({ status, error }) => status === 'failed' && error)?.error,
    attempts,
    whole: openSteps(steps).filter(isWhole),
  }
}

const hasEnded = ({ status }: RunStep) => status === 'succeeded' || status === 'failed' || status === 'skipped'

/** Those that whoever takes a run up has to carry out. */
export const openSteps = (steps: readonly RunStep[]): RunStep[] => steps.filter((step) => !hasEnded(step))

/** It has ended, and everybody was told how. */
function leaveAsItIs(progress: RunProgress, { key, status, assets }: RunStep): void {
  progress.setState(key, status)
  if (status === 'failed') for (const asset of assets) if (!progress.isMade(asset)) progress.failed(asset)
}

function takeUpAsset({ progress, partitions }: Former, event: RunEvent): void {
  const { asset = '' } = event
  if (partitions?.madeBy(asset, event) ?? isOfAll(event)) progress.made(asset)
}

function takeUpCheck(
  { specs, progress, partitions }: Former,
  { step = '', asset = '', check = '', partitions: text, level }: RunEvent,
): void {
  const isGood = level !== 'error'
  // Of what another step made it was asked once, for all that the run made.
  const isOfParts = text !== undefined && specs.get(step)?.assets.includes(asset)
  const found = isOfParts ? partitions?.checked(asset, check, text, isGood) : isGood
  if (found !== undefined) progress.checked(asset, check, found)
}
