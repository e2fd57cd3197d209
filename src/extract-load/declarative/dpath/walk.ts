import { failure } from '../failure.js'
import { globPattern } from './glob.js'
import { isList, isPlainMapping, type PathSegment } from './step.js'

export interface Place {
  readonly parent: Record<string, unknown> | unknown[]
  readonly key: string | number
  readonly value: unknown
}

/** Every place below a value, in dpath's order: the children of a node before what is below them. */
export function* everywhere(
  value: unknown,
  above: readonly (string | number)[] = [],
): Generator<Place & { readonly path: readonly (string | number)[] }> {
  if (!isList(value) && !isPlainMapping(value)) return
  const parent = value
  const keys = isList(value) ? [...value.keys()] : Object.keys(value)
  const children = keys.map((key) => ({ key, value: (parent as Record<string | number, unknown>)[key] }))
  for (const { key, value: inner } of children) yield { parent, key, value: inner, path: [...above, key] }
  for (const { key, value: inner } of children) yield* everywhere(inner, [...above, key])
}

/** Places that a path with `**` leads to: no, one or many segments stand for it. */
export function compileWalk(path: readonly PathSegment[]): (value: unknown) => Place[] {
  const at = path.indexOf('**')
  if (path.indexOf('**', at + 1) !== -1)
    throw failure('MANIFEST_INVALID', {
      message: `The path ${JSON.stringify(path)} has more than one \`**\`.`,
      hint: 'One of them is enough to reach any depth.',
      failureType: 'system_error',
    })
  const before = path.slice(0, at).map(matcher)
  const after = path.slice(at + 1).map(matcher)
  return (value) =>
    [...everywhere(value)].filter(({ path: keys }) => {
      const rest = keys.length - after.length
      return (
        rest >= before.length &&
        before.every((matches, index) => matches(keys[index])) &&
        after.every((matches, index) => matches(keys[rest + index]))
      )
    })
}

function matcher(segment: PathSegment): (key: string | number | undefined) => boolean {
  if (typeof segment !== 'string') return (key) => key === segment
  const pattern = globPattern(segment)
  return (key) => key !== undefined && pattern.test(String(key))
}
