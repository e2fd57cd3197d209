import { isMapping } from '../../../base/index.js'
import type { Mapping } from '../component-contract.js'

/** The streams whose records are partitions of these ones, directly. */
export function parentNamesOf(definitions: readonly Mapping[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const definition of definitions)
    if (isMapping(definition.retriever)) addParents(definition.retriever.partition_router, names)
  return names
}

function addParents(router: unknown, names: Set<string>): void {
  if (Array.isArray(router)) {
    for (const each of router) addParents(each, names)
    return
  }
  if (!isMapping(router)) return
  for (const parent of Array.isArray(router.parent_stream_configs) ? router.parent_stream_configs : [])
    if (isMapping(parent) && isMapping(parent.stream)) names.add(String(parent.stream.name))
  addParents(router.partition_routers, names)
  addParents(router.underlying_partition_router, names)
}
