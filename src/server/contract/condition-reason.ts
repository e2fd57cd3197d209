import type { ConditionNodeView } from './automation.js'

/** The first part of a condition that does not hold, as far down as all parts have to hold, in words. */
export function conditionReason(tree: ConditionNodeView): string {
  const { label, text } = blockerOf(tree) ?? tree
  return label ?? text
}

function blockerOf(node: ConditionNodeView): ConditionNodeView | undefined {
  if (node.text !== 'all of') return undefined
  const failing = node.children?.find((child) => child.asked > 0 && child.held === 0)
  return failing && (blockerOf(failing) ?? failing)
}
