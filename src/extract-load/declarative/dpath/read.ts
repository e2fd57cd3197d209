import { failure } from '../failure.js'
import { child, compileStep, isList, isPlainMapping, type PathSegment, picked, placeIn, type Step } from './step.js'
import { compileWalk } from './walk.js'

/** Reads one place. @returns undefined where the path leads nowhere @throws where a glob leads to several */
export function compileGet(path: readonly PathSegment[]): (value: unknown) => unknown {
  if (path.length === 0) return (value) => value
  if (path.includes('**')) return single(compileValues(path), path)
  const steps = path.map(compileStep)
  if (steps.some((step) => step.pattern)) return single(compileValues(path), path)
  const [first] = steps
  return steps.length === 1 && first ? (value) => plain(value, first) : (value) => steps.reduce(plain, value)
}

/** Reads all places that a path leads to, in their order. */
export function compileValues(path: readonly PathSegment[]): (value: unknown) => unknown[] {
  if (path.includes('**')) {
    const walk = compileWalk(path)
    return (value) => walk(value).map((place) => place.value)
  }
  const steps = path.map(compileStep)
  return (value) => {
    const found: unknown[] = []
    collect(value, steps, 0, found)
    return found
  }
}

function collect(value: unknown, steps: readonly Step[], at: number, found: unknown[]): void {
  const step = steps[at]
  if (!step) return
  for (const key of picked(value, step)) {
    if (at === steps.length - 1) found.push(child(value, key))
    else collect(child(value, key), steps, at + 1, found)
  }
}

function plain(value: unknown, step: Step): unknown {
  if (isList(value)) {
    const place = placeIn(value, step.index)
    return place === undefined ? undefined : value[place]
  }
  return step.key !== undefined && isPlainMapping(value) && Object.hasOwn(value, step.key) ? value[step.key] : undefined
}

const single =
  (all: (value: unknown) => unknown[], path: readonly PathSegment[]) =>
  (value: unknown): unknown => {
    const found = all(value)
    if (found.length > 1)
      throw failure('API_ANSWER_INVALID', {
        message: `The path ${JSON.stringify(path)} leads to ${found.length} places where there may be one.`,
        hint: 'Name the place without a pattern in the manifest, or take all of them with `*`.',
        failureType: 'system_error',
      })
    return found[0]
  }
