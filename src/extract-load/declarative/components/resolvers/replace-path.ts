import { compileValues } from '../../dpath/index.js'
import { compileStep, type PathSegment, picked } from '../../dpath/step.js'

/** Puts a value wherever a path leads to. @returns whether it leads anywhere */
export function replacePath(target: Record<string, unknown>, path: readonly PathSegment[], value: unknown): boolean {
  const last = path.at(-1)
  if (last === undefined) return false
  const step = compileStep(last)
  const parents = path.length === 1 ? [target] : compileValues(path.slice(0, -1))(target)
  let isReplaced = false
  for (const parent of parents)
    for (const key of picked(parent, step)) {
      ;(parent as Record<string | number, unknown>)[key] = value
      isReplaced = true
    }
  return isReplaced
}
