import type { ManifestNode } from '../contract.js'
import { schemaAndAlias } from '../graph/shown-names.js'
import { changedMacros } from '../memory/remembered-state.js'
import type { RememberedNode } from '../memory/target-memory.js'
import { sameContract } from '../state/contract-changes.js'
import { sameBody, samePersistedDescriptions } from '../state/same-node.js'
import { changedConfigs } from '../state/written-configs.js'
import type { PlanReason } from './contract.js'

/** How a node differs from what ran last. None of these depends on what the warehouse holds. */
export function ownReasons(
  before: RememberedNode,
  node: ManifestNode,
  macros: Readonly<Record<string, string>>,
  ephemerals: readonly ManifestNode[],
): PlanReason[] {
  const reasons: PlanReason[] = []
  const add = (kind: PlanReason['kind'], ...details: string[]) => reasons.push({ kind, details })
  const old = before.node
  if (!sameBody(old, node)) add(node.resource_type === 'seed' ? 'seed' : 'body')
  const former = new Map(before.ephemerals.map((one) => [one.unique_id, one]))
  const changedEphemerals = ephemerals.filter((one) => {
    const known = former.get(one.unique_id)
    return !known || !sameBody(known, one)
  })
  if (changedEphemerals.length > 0) add('upstream', ...changedEphemerals.map(({ name }) => name))
  const configs = changedConfigs(old, node).filter((key) => !notRebuilding.has(key))
  if (configs.length > 0) add('config', ...configs)
  const changed = changedMacros(before.macros, macros)
  if (changed.length > 0) add('macro', ...changed)
  if (schemaAndAlias(old) !== schemaAndAlias(node)) add('relation', schemaAndAlias(old))
  if (!sameContract(old, node)) add('contract')
  if (!samePersistedDescriptions(old, node)) add('description')
  return reasons
}

/** Where it stands is told as `relation`; words about it change nothing in the warehouse. */
const notRebuilding = new Set(['database', 'schema', 'alias', 'tags', 'group', 'meta', 'docs', 'description', 'access'])

/** Whether a template reads variables, itself or through its macros: then other SQL is a change of theirs. */
export const readsVars = (texts: readonly string[]): boolean => texts.some((text) => /\b(?:env_)?var\s*\(/.test(text))
