import { child, compileStep, isList, isPlainMapping, type PathSegment, picked, type Step } from './step.js'
import { compileWalk, everywhere, type Place } from './walk.js'

/** Deletes what a path leads to, and says nothing where it leads nowhere. An item within a list leaves null, the last one is cut off. */
export function compileDelete(path: readonly PathSegment[]): (value: unknown) => void {
  if (path.includes('**')) {
    const walk = compileWalk(path)
    return (value) => removeAll(walk(value))
  }
  const steps = path.map(compileStep)
  const [first] = steps
  const key = first?.key
  if (steps.length === 1 && key !== undefined)
    return (value) => {
      if (isPlainMapping(value)) delete value[key]
    }
  return (value) => remove(value, steps, 0)
}

/** Deletes every leaf, wherever it is, that a condition holds for. */
export const deleteLeaves = (value: unknown, holds: (leaf: unknown) => boolean): void =>
  removeAll([...everywhere(value)].filter((place) => isLeaf(place.value) && holds(place.value)))

const isLeaf = (value: unknown): boolean => !isList(value) && !isPlainMapping(value)

function remove(node: unknown, steps: readonly Step[], at: number): void {
  const step = steps[at]
  if (!step) return
  for (const key of picked(node, step)) {
    if (at < steps.length - 1) remove(child(node, key), steps, at + 1)
    else removeAt(node as Place['parent'], key)
  }
}

function removeAll(places: readonly Place[]): void {
  for (const { parent, key } of places) if (Object.hasOwn(parent, key)) removeAt(parent, key)
}

function removeAt(parent: Record<string, unknown> | unknown[], key: string | number): void {
  if (!isList(parent)) delete parent[key]
  else if (Number(key) === parent.length - 1) parent.pop()
  else parent[Number(key)] = null
}
