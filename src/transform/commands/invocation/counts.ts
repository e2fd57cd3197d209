import { plural } from '../../../base/index.js'
import type { Manifest, ManifestNode, ManifestResource } from '../../contract.js'

/** `12 models, 3 seeds, …`: what the project holds, in the order and the words of dbt. */
export function projectCounts(manifest: Manifest): string {
  const counts = new Map<string, number>()
  const add = (name: string, count: number) => counts.set(name, (counts.get(name) ?? 0) + count)
  // An id begins with the type; the nodes themselves need not be read for it.
  for (const id of Object.keys(manifest.nodes)) {
    const type = id.slice(0, id.indexOf('.'))
    add(nodeWords[type] ?? type, 1)
  }
  for (const [group, name] of groups) add(name, Object.keys(manifest[group]).length)
  return counted(counts)
}

const groups = [
  ['sources', 'source'],
  ['exposures', 'exposure'],
  ['metrics', 'metric'],
  ['macros', 'macro'],
  ['groups', 'group'],
  ['semantic_models', 'semantic model'],
  ['saved_queries', 'saved query'],
  ['functions', 'function'],
  ['unit_tests', 'unit test'],
] as const

/** `3 project hooks, 2 table models, …`: what ran, by the names that dbt sorts it by. */
export function runCounts(nodes: readonly (ManifestNode | ManifestResource | undefined)[]): string {
  const counts = new Map<string, number>()
  const nameOf = (node: ManifestNode | ManifestResource) =>
    node.resource_type === 'model' ? `${(node as ManifestNode).config.materialized} model` : node.resource_type
  const names = nodes.flatMap((node) => (node ? [nameOf(node)] : [])).sort()
  for (const name of names) {
    const word = runWords[name] ?? nodeWords[name] ?? name.replaceAll('_', ' ')
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counted(counts) || 'nothing'
}

const nodeWords: Readonly<Record<string, string>> = { test: 'data test', unit_test: 'unit test' }
const runWords: Readonly<Record<string, string>> = { operation: 'project hook' }

const counted = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .filter(([, count]) => count > 0)
    .map(([name, count]) => plural(count, name))
    .join(', ')
