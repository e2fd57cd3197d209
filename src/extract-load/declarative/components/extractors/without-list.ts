import type { RecordData } from '../../component-contract.js'
import { isList, isPlainMapping } from '../../dpath/index.js'
import { compileStep, picked, type Step } from '../../dpath/step.js'

/** Makes copies of records without the lists that a path leads to; what is beside them stays, and is shared. */
export function compileWithoutList(path: readonly unknown[]): (record: RecordData) => RecordData {
  const steps = path.map(compileStep)
  return (record) => without(record, steps, 0) as RecordData
}

function without(node: unknown, steps: readonly Step[], at: number): unknown {
  const step = steps[at]
  if (!step) return node
  const keys = picked(node, step)
  if (isList(node)) {
    const places = new Set(keys)
    const isLast = at === steps.length - 1
    return node
      .map((item, place) => (places.has(place) && !isLast ? without(item, steps, at + 1) : item))
      .filter((item, place) => !(isLast && places.has(place) && isList(item)))
  }
  if (!isPlainMapping(node)) return node
  const copy = { ...node }
  for (const key of keys as readonly string[]) {
    if (at < steps.length - 1) copy[key] = without(copy[key], steps, at + 1)
    else if (isList(copy[key])) delete copy[key]
  }
  return copy
}
