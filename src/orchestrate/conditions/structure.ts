import { createHash } from 'node:crypto'
import type { AutomationCondition } from '../contract/index.js'

/** The conditions of which one is made. */
export function partsOf(condition: AutomationCondition): readonly AutomationCondition[] {
  switch (condition.type) {
    case 'and':
    case 'or':
      return condition.of
    case 'since':
      return [condition.of, condition.reset]
    case 'not':
    case 'newlyTrue':
    case 'anyDepsMatch':
    case 'allDepsMatch':
    case 'anyChecksMatch':
    case 'allChecksMatch':
    case 'assetMatches':
      return [condition.of]
    default:
      return []
  }
}

const ids = new WeakMap<AutomationCondition, string>()

/**
 * Names what a part of a condition remembers. It follows from what the part says, not from where it stands or what it is
 * called, so that what is remembered outlives a change of the rest.
 */
export function conditionId(condition: AutomationCondition): string {
  let id = ids.get(condition)
  if (id === undefined) {
    const text = JSON.stringify(condition, (key, value) => (key === 'label' ? undefined : value))
    id = createHash('sha256').update(text).digest('base64url').slice(0, 10)
    ids.set(condition, id)
  }
  return id
}

const remembering = new WeakMap<AutomationCondition, boolean>()

/** Whether it, or a part of it, goes by what was found before: then it is evaluated each time. */
export function isRemembering(condition: AutomationCondition): boolean {
  let answer = remembering.get(condition)
  if (answer === undefined) {
    answer =
      condition.type === 'since' ||
      condition.type === 'newlyTrue' ||
      condition.type === 'codeVersionChanged' ||
      partsOf(condition).some(isRemembering)
    remembering.set(condition, answer)
  }
  return answer
}
