import type { Expression, Statement } from '../../../jinja/index.js'
import type { FieldPath } from '../component-contract.js'
import { pathOf } from './direct-path.js'

const record = 'record'

/**
 * What a template may look at of `record`: the fields that it names, and the keys within them. Undefined where it may look at any, as one
 * does that prints the record, goes through it, or gives it another name.
 */
export function recordPaths(statements: readonly Statement[]): readonly FieldPath[] | undefined {
  const found = new Map<string, FieldPath>()
  return visit(statements, found) ? [...found.values()] : undefined
}

/** @returns false where the record is used as a whole */
function visit(node: unknown, found: Map<string, FieldPath>): boolean {
  if (Array.isArray(node)) return node.every((one) => visit(one, found))
  if (typeof node !== 'object' || node === null) return true
  const part = partOf(node as Node)
  if (part) {
    found.set(JSON.stringify(part.path), part.path)
    return visit(part.rest, found)
  }
  if ((node as Node).type === 'name' && (node as Node).name === record) return false
  return Object.values(node).every((one) => visit(one, found))
}

interface Node {
  readonly type?: unknown
  readonly name?: unknown
  readonly object?: Node
  readonly callee?: Node
  readonly args?: { readonly positional: readonly (Node & { readonly value?: unknown })[] }
}

/** `record['a']`, `record.a.b`, `record.get('a', …)`, with what else lies in it. */
function partOf(node: Node): { readonly path: FieldPath; readonly rest: unknown } | undefined {
  if (node.type === 'item' || node.type === 'attribute') {
    const { name, keys } = pathOf(node as Expression) ?? {}
    const [field, ...within] = keys ?? []
    return name === record && field !== undefined ? { path: [field, ...within], rest: undefined } : undefined
  }
  const { callee, args } = node
  if (node.type !== 'call' || callee?.type !== 'attribute' || callee.name !== 'get' || !isRecord(callee.object))
    return undefined
  const [key, ...rest] = args?.positional ?? []
  return key?.type === 'literal' && typeof key.value === 'string' ? { path: [key.value], rest } : undefined
}

const isRecord = (node: Node | undefined) => node?.type === 'name' && node.name === record
