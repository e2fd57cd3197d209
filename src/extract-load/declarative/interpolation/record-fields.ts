import type { Statement } from '../../../jinja/index.js'

const record = 'record'

/**
 * The fields of `record` that a template may look at: those that it names where it has them. Undefined where it may look at any, as one
 * does that prints the record, goes through it, or gives it another name.
 */
export function recordFields(statements: readonly Statement[]): readonly string[] | undefined {
  const found = new Set<string>()
  return visit(statements, found) ? [...found] : undefined
}

/** @returns false where the record is used as a whole */
function visit(node: unknown, found: Set<string>): boolean {
  if (Array.isArray(node)) return node.every((one) => visit(one, found))
  if (typeof node !== 'object' || node === null) return true
  const field = fieldOf(node as Node)
  if (field !== undefined) {
    found.add(field.name)
    return visit(field.rest, found)
  }
  if ((node as Node).type === 'name' && (node as Node).name === record) return false
  return Object.values(node).every((one) => visit(one, found))
}

interface Node {
  readonly type?: unknown
  readonly name?: unknown
  readonly object?: Node
  readonly key?: Node & { readonly value?: unknown }
  readonly callee?: Node
  readonly args?: { readonly positional: readonly (Node & { readonly value?: unknown })[] }
}

/** `record['a']`, `record.a`, `record.get('a', …)`, with what else lies in it. */
function fieldOf(node: Node): { readonly name: string; readonly rest: unknown } | undefined {
  if (node.type === 'item' && isRecord(node.object) && node.key?.type === 'literal')
    return typeof node.key.value === 'string' ? { name: node.key.value, rest: undefined } : undefined
  if (node.type === 'attribute' && isRecord(node.object) && !((node.name as string) in dictMethods))
    return { name: node.name as string, rest: undefined }
  const { callee, args } = node
  if (node.type !== 'call' || callee?.type !== 'attribute' || callee.name !== 'get' || !isRecord(callee.object))
    return undefined
  const [key, ...rest] = args?.positional ?? []
  return key?.type === 'literal' && typeof key.value === 'string' ? { name: key.value, rest } : undefined
}

const isRecord = (node: Node | undefined) => node?.type === 'name' && node.name === record

/** What an attribute of a dict is in the place of a field: a method that sees all of them. */
const dictMethods: Readonly<Record<string, true>> = {
  clear: true,
  copy: true,
  fromkeys: true,
  get: true,
  items: true,
  keys: true,
  pop: true,
  popitem: true,
  setdefault: true,
  update: true,
  values: true,
}
