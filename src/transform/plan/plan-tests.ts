import type { Manifest, ManifestResource } from '../contract.js'
import { isTest } from '../graph/dependencies.js'
import { macroHashes, type RememberedNode } from '../memory/target-memory.js'
import { ownReasons } from './compare.js'
import type { PlannedTest, PlanReason } from './contract.js'

export interface TestPlanOptions {
  readonly ids: ReadonlySet<string>
  readonly memory: ReadonlyMap<string, RememberedNode>
  readonly builtin: ReadonlySet<string>
  /** Nodes that would be made anew: their tests run with them. */
  readonly changing: ReadonlySet<string>
  /** Everything was selected: what is remembered and not there any more was removed. */
  readonly isWhole: boolean
}

/** Data and unit tests that would run, by unique id, and those that are others than when they last ran. */
export function planTests(manifest: Manifest, options: TestPlanOptions) {
  const { ids, memory, changing, isWhole } = options
  const running = new Set([...changing].flatMap((id) => manifest.child_map[id] ?? []).filter(isTest))
  const changed: PlannedTest[] = []
  for (const uniqueId of [...ids].filter(isTest)) {
    const before = memory.get(uniqueId)
    const reasons = before && reasonsOf(before, uniqueId, manifest, options)
    if (reasons?.length === 0) continue
    running.add(uniqueId)
    const { name = uniqueId } = manifest.nodes[uniqueId] ?? manifest.unit_tests[uniqueId] ?? {}
    changed.push({ uniqueId, name, status: before ? 'changed' : 'new', reasons: reasons ?? [] })
  }
  const removed = [...memory.keys()].filter(
    (id) => isWhole && isTest(id) && !(id in manifest.nodes || id in manifest.unit_tests),
  )
  for (const uniqueId of removed)
    changed.push({ uniqueId, name: memory.get(uniqueId)?.node.name ?? uniqueId, status: 'removed', reasons: [] })
  return { running: [...running].sort(), changed: changed.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

function reasonsOf(
  before: RememberedNode,
  uniqueId: string,
  manifest: Manifest,
  { builtin }: TestPlanOptions,
): PlanReason[] {
  const test = manifest.nodes[uniqueId]
  if (test) return ownReasons(before, test, macroHashes(manifest, [test], builtin), [])
  const now: ManifestResource | undefined = manifest.unit_tests[uniqueId]
  return now?.checksum === (before.node as ManifestResource).checksum ? [] : [{ kind: 'body', details: [] }]
}
