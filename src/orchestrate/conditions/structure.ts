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
    default:
      return 'of' in condition ? [condition.of] : []
  }
}

/** The same condition, made of others. */
export function withParts(
  condition: AutomationCondition,
  change: (part: AutomationCondition) => AutomationCondition,
): AutomationCondition {
  switch (condition.type) {
    case 'and':
    case 'or':
      return { ...condition, of: condition.of.map(change) }
    case 'since':
      return { ...condition, of: change(condition.of), reset: change(condition.reset) }
    default:
      return 'of' in condition ? { ...condition, of: change(condition.of) } : condition
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

/** Whether something is true of a condition or a part of it, found once for each. */
function holdsOfAPart(is: (part: AutomationCondition) => boolean): (condition: AutomationCondition) => boolean {
  const known = new WeakMap<AutomationCondition, boolean>()
  const holds = (condition: AutomationCondition): boolean => {
    let answer = known.get(condition)
    if (answer === undefined) {
      answer = is(condition) || partsOf(condition).some(holds)
      known.set(condition, answer)
    }
    return answer
  }
  return holds
}

/** Whether it, or a part of it, goes by what was found before: then it is evaluated each time. */
export const isRemembering = holdsOfAPart(
  ({ type }) => type === 'since' || type === 'newlyTrue' || type === 'codeVersionChanged',
)

/** Whether it, or a part of it, asks about the checks of an asset. */
export const asksChecks = holdsOfAPart(({ type }) => type === 'anyChecksMatch' || type === 'allChecksMatch')
