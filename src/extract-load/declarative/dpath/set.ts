import { failure } from '../failure.js'
import { isList, isPlainMapping, type PathSegment } from './step.js'

/** Puts a value at a place that is made where it is not there; a list grows up to it. What the path crosses must be mappings or lists. */
export function setPath(target: Record<string, unknown>, path: readonly PathSegment[], value: unknown): void {
  let node: Record<string, unknown> | unknown[] = target
  const last = path.length - 1
  for (let at = 0; at < last; at++) {
    const key = keyIn(node, path, at)
    let next = own(node, key)
    if (next === undefined) {
      next = isDecimal(path[at + 1]) ? [] : {}
      put(node, key, next)
    }
    if (!isList(next) && !isPlainMapping(next)) throw blocked(path, at + 1)
    node = next
  }
  put(node, keyIn(node, path, last), value)
}

const isDecimal = (segment: PathSegment): boolean => typeof segment === 'number' || /^\d+$/.test(String(segment))

function keyIn(node: object, path: readonly PathSegment[], at: number): string | number {
  const segment = path[at]
  if (!isList(node)) return String(segment)
  if (!isDecimal(segment)) throw blocked(path, at)
  return Number(segment)
}

function own(node: Record<string, unknown> | unknown[], key: string | number): unknown {
  return Object.hasOwn(node, key) ? (node as Record<string | number, unknown>)[key] : undefined
}

function put(node: Record<string, unknown> | unknown[], key: string | number, value: unknown): void {
  if (isList(node)) {
    for (let place = node.length; place < Number(key); place++) node.push(null)
    node[Number(key)] = value
  } else setKey(node, String(key), value)
}

/** Sets a key of data, which may be one that objects treat as their own. */
export function setKey(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
  else record[key] = value
}

const blocked = (path: readonly PathSegment[], at: number) =>
  failure('API_ANSWER_INVALID', {
    message: `Nothing can be put at ${JSON.stringify(path)}: what is at ${JSON.stringify(path.slice(0, at))} is no object that could hold it.`,
    hint: 'Put it under another name, or make the value an object first.',
    failureType: 'system_error',
  })
