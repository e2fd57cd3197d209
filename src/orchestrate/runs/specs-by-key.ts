import type { CheckSpec, StepSpec } from '../contract/index.js'
import { checkKey } from './run-progress.js'

// Made once for some definitions: all of their runs ask for them.
const knownSteps = new WeakMap<readonly StepSpec[], ReadonlyMap<string, StepSpec>>()
const knownChecks = new WeakMap<readonly CheckSpec[], ReadonlyMap<string, CheckSpec>>()

export function specsByKey(steps: readonly StepSpec[]): ReadonlyMap<string, StepSpec> {
  const specs = knownSteps.get(steps) ?? new Map(steps.map((spec) => [spec.key, spec]))
  knownSteps.set(steps, specs)
  return specs
}

/** By `checkKey`. */
export function checksByKey(checks: readonly CheckSpec[]): ReadonlyMap<string, CheckSpec> {
  const specs = knownChecks.get(checks) ?? new Map(checks.map((spec) => [checkKey(spec.asset, spec.name), spec]))
  knownChecks.set(checks, specs)
  return specs
}
