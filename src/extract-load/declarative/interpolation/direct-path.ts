import { type Expression, isPlainObject, type Statement } from '../../../jinja/index.js'

/** `record['a']['b']`, `config.x`: a name, and the keys behind it. */
export interface DirectPath {
  readonly name: string
  readonly keys: readonly string[]
}

/** Keys of these names are methods of a dict, to a template that writes them behind a dot. */
const methods = new Set([
  'clear',
  'copy',
  'fromkeys',
  'get',
  'items',
  'keys',
  'pop',
  'popitem',
  'setdefault',
  'update',
  'values',
])

/** The path that a template consists of; undefined where it is anything else. */
export function directPath(statements: readonly Statement[]): DirectPath | undefined {
  const [only, ...others] = statements
  return only?.type === 'output' && others.length === 0 ? pathOf(only.value) : undefined
}

/** The path that an expression is. */
export function pathOf(expression: Expression): DirectPath | undefined {
  const keys: string[] = []
  let node = expression
  while (node.type !== 'name') {
    if (node.type === 'attribute' && !methods.has(node.name)) keys.unshift(node.name)
    else if (
      node.type === 'item' &&
      node.key.type === 'literal' &&
      typeof node.key.value === 'string' &&
      !methods.has(node.key.value)
    )
      keys.unshift(node.key.value)
    else return undefined
    node = node.object
  }
  return { name: node.name, keys }
}

/** That the path leads to something else than through plain objects, which is not for here. */
export const elsewhere = Symbol('elsewhere')

/** What lies at the end of a path: JavaScript's undefined where the last key is not there. */
export function follow(from: unknown, keys: readonly string[]): unknown {
  let value = from
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    if (!isPlainObject(value)) return elsewhere
    if (!Object.hasOwn(value, key)) return i === keys.length - 1 ? undefined : elsewhere
    value = value[key]
  }
  return value
}
