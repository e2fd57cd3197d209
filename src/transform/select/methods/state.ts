import type { Manifest, ManifestNode } from '../../contract.js'
import { isNode, type Selectable } from '../../graph/selectable.js'
import { same } from '../../state/canonical.js'
import { checkRemoved, isSameContract, type OnBreakingChange } from '../../state/contract-changes.js'
import { modifiedMacros, usesMacro } from '../../state/modified-macros.js'
import { sameBody, sameConfig, samePersistedDescriptions, sameRelationConfig } from '../../state/same-node.js'
import { sameResource } from '../../state/same-resource.js'
import { invalidValue, type MethodScope, type SelectorMethod } from './method.js'

/** `state:new`, `state:modified.body` …: the node beside what the former manifest holds under its id. */
export const stateMethod: SelectorMethod = (value, scope) => {
  const before = scope.previous.manifest
  if (!before)
    throw invalidValue(
      'Got a state selector method, but no comparison manifest',
      'Pass --state with the folder that holds it.',
    )
  const macros = modifiedMacros(before, scope.manifest)
  const byMacros = scope.previous.usesChangedMacro ?? ((node: Selectable) => usesMacro(node, macros, scope.manifest))
  const told = new Set<string>()
  const onBreakingChange: OnBreakingChange = (node, changes) => {
    if (!told.has(node.unique_id)) scope.onBreakingChange?.(node, changes)
    told.add(node.unique_id)
  }
  const hasContract = (old: ManifestNode, node: ManifestNode) => isSameContract(old, node, onBreakingChange)
  const isModified = (old: Selectable | undefined, node: Selectable) =>
    !sameResource(old, node, hasContract) || byMacros(node)
  const differs =
    (same: (old: ManifestNode, node: ManifestNode) => boolean) => (old: Selectable | undefined, node: Selectable) =>
      isNode(node) && (old === undefined || !isNode(old) || !same(old, node))
  const checks: Record<string, (old: Selectable | undefined, node: Selectable) => boolean> = {
    new: (old) => old === undefined,
    old: (old) => old !== undefined,
    modified: isModified,
    unmodified: (old, node) => !isModified(old, node),
    'modified.body': differs(sameBody),
    'modified.configs': differs(sameConfig),
    'modified.persisted_descriptions': differs(samePersistedDescriptions),
    'modified.relation': differs(sameRelationConfig),
    'modified.macros': (_, node) => byMacros(node),
    'modified.contract': differs(hasContract),
  }
  const check = Object.hasOwn(checks, String(value)) ? checks[String(value)] : undefined
  if (!check)
    throw invalidValue(`There is no state '${String(value)}'.`, `The states are ${Object.keys(checks).join(', ')}.`)
  if (comparesContracts.has(String(value))) {
    const { nodes, disabled } = scope.manifest
    for (const old of Object.values(before.nodes))
      if (!(old.unique_id in nodes)) checkRemoved(old, old.unique_id in disabled, onBreakingChange)
  }
  const comparesBodies = ['modified', 'unmodified', 'modified.body'].includes(String(value))
  return (node) => {
    const old = lookup(before, node.unique_id)
    if (comparesBodies && isNode(node) && old && isNode(old)) tellOfLargeSeed(old, node, scope)
    return check(old, node)
  }
}

function tellOfLargeSeed(old: ManifestNode, node: ManifestNode, { onLargeSeed }: MethodScope): void {
  if (node.resource_type !== 'seed' || node.checksum.name !== 'path') return
  const isSmaller = old.checksum.name !== 'path'
  const isSame = same(old.checksum, node.checksum)
  onLargeSeed?.(
    isSmaller ? 'SeedIncreased' : isSame ? 'SeedExceedsLimitSamePath' : 'SeedExceedsLimitAndPathChanged',
    node,
  )
}

const comparesContracts = new Set(['modified', 'unmodified', 'modified.contract'])

function lookup(manifest: Manifest, id: string): Selectable | undefined {
  return (
    manifest.nodes[id] ??
    manifest.sources[id] ??
    manifest.exposures[id] ??
    manifest.metrics[id] ??
    manifest.semantic_models[id] ??
    manifest.unit_tests[id] ??
    manifest.saved_queries[id] ??
    manifest.functions[id]
  )
}
