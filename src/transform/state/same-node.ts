import type { FunctionOverload, ManifestNode } from '../contract.js'
import { isModel } from '../graph/selectable.js'
import { same, sameKeys } from './canonical.js'
import { changedConfigs } from './written-configs.js'

export type SameContract = (old: ManifestNode, node: ManifestNode) => boolean

/** Whether a node is as it was, in all that `state:modified` looks at but its macros. */
export function sameNode(old: ManifestNode, node: ManifestNode, sameContract: SameContract): boolean {
  const isGenericTest = node.resource_type === 'test' && node.test_metadata != null
  if (isGenericTest) return sameConfig(old, node) && same(old.fqn, node.fqn)
  // Also of a node whose body changed: a contract that is broken must be told.
  const isContractSame = sameContract(old, node)
  if (!sameBody(old, node)) return false
  const changed = changedConfigs(old, node)
  return (
    sameConfig(old, node, changed) &&
    samePersistedDescriptions(old, node) &&
    same(writtenOverloads(old), writtenOverloads(node)) &&
    (node.resource_type !== 'function' || sameKeys(old, node, ['arguments', 'returns'])) &&
    same(old.fqn, node.fqn) &&
    sameRelationConfig(old, node, changed) &&
    isContractSame &&
    (!isModel(node) || sameKeys(old, node, ['latest_version', 'access', 'deprecation_date']))
  )
}

/** The overloads of a function as they are written, not what their templates came to. */
const writtenOverloads = ({ overloads }: ManifestNode) =>
  (overloads as FunctionOverload[] | undefined)?.map(({ compiled_body: _, ...written }) => written) ?? []

export const sameBody = (old: ManifestNode, node: ManifestNode) =>
  node.resource_type === 'seed' ? same(old.checksum, node.checksum) : old.raw_code === node.raw_code

const relationKeys = new Set(['database', 'schema', 'alias'])
const uncompared = new Set([...relationKeys, 'tags', 'group'])
const testKeys = new Set([
  'severity',
  'where',
  'limit',
  'fail_calc',
  'warn_if',
  'error_if',
  'store_failures',
  'store_failures_as',
  'sql_header',
])

/** The configs as the user wrote them: a changed target alone changes nothing. */
export const sameConfig = (old: ManifestNode, node: ManifestNode, changed = changedConfigs(old, node)): boolean =>
  !changed.some((key) => (node.resource_type === 'test' ? testKeys.has(key) : !uncompared.has(key)))

export const sameRelationConfig = (
  old: ManifestNode,
  node: ManifestNode,
  changed = changedConfigs(old, node),
): boolean => !changed.some((key) => relationKeys.has(key))

export function samePersistedDescriptions(old: ManifestNode, node: ManifestNode): boolean {
  const persisted = (node.config.persist_docs ?? {}) as Record<string, unknown>
  if (persisted.relation === true && old.description !== node.description) return false
  const texts = ({ columns }: ManifestNode) =>
    Object.fromEntries(Object.values(columns).map((column) => [column.name, column.description]))
  return persisted.columns !== true || same(texts(old), texts(node))
}
