import type { Manifest } from '../contract.js'
import { isNode } from '../graph/selectable.js'
import { nameInId } from '../graph/shown-names.js'
import type { PreviousState } from '../state/previous-state.js'
import { ephemeralsOf, macroHashes, type RememberedNode } from './target-memory.js'

type Memory = ReadonlyMap<string, RememberedNode>

/** What is remembered of a target as the former state that `state:` and --defer compare with; read when somebody asks. */
export function rememberedState(
  read: () => Memory,
  manifest: Manifest,
  builtinPackages: ReadonlySet<string>,
): PreviousState {
  let memory: Memory | undefined
  let former: Manifest | undefined
  const remembered = () => {
    memory ??= read()
    return memory
  }
  return {
    get manifest() {
      former ??= formerManifest(remembered(), manifest)
      return former
    },
    usesChangedMacro: (node) => {
      const before = remembered().get(node.unique_id)?.macros
      if (!before || !isNode(node)) return false
      const now = macroHashes(manifest, [node, ...ephemeralsOf(manifest, node)], builtinPackages)
      return changedMacros(before, now).length > 0
    },
  }
}

/** The manifest in which each node stands as it was when it last ran; what never runs stands as it is now. */
export function formerManifest(memory: Memory, now: Manifest): Manifest {
  const nodes: Manifest['nodes'] = {}
  const unit_tests: Manifest['unit_tests'] = {}
  for (const { node, ephemerals } of memory.values()) {
    for (const ephemeral of ephemerals) nodes[ephemeral.unique_id] = ephemeral
    if (node.resource_type === 'unit_test') unit_tests[node.unique_id] = node
    else nodes[node.unique_id] = node
  }
  return { ...now, nodes, unit_tests }
}

/** Names of the macros that are other ones than before, or there no more. */
export function changedMacros(before: RememberedNode['macros'], after: RememberedNode['macros']): string[] {
  const ids = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...ids].filter((id) => before[id] !== after[id]).map(nameInId)
}
