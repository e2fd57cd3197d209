import type { Manifest } from '../contract.js'

/** A command line has room for so many bytes of them on every system that we know of. */
const mostBytes = 700_000

/**
 * The nodes as words for `--select`. A name of dbt's that means a node means also what lies in a folder of that name: there the file
 * is named besides.
 */
export function selectionOf(manifest: Manifest, ids: readonly string[]): string[] {
  const folders = foldersOf(manifest)
  return ids.flatMap((id) => {
    const node = manifest.nodes[id] ?? manifest.unit_tests[id]
    if (!node?.fqn) return []
    const name = node.fqn.join('.')
    return [folders.has(name) ? `fqn:${name},path:${node.original_file_path}` : `fqn:${name}`]
  })
}

/** The first of some nodes, in their order, that one command line has room for. */
export function roomFor(manifest: Manifest, ids: readonly string[]): string[] {
  let bytes = 0
  const last = selectionOf(manifest, ids).findIndex((word) => {
    bytes += Buffer.byteLength(word) + 1
    return bytes > mostBytes
  })
  return last < 0 ? [...ids] : ids.slice(0, Math.max(1, last))
}

const known = new WeakMap<Manifest, ReadonlySet<string>>()

function foldersOf(manifest: Manifest): ReadonlySet<string> {
  let folders = known.get(manifest)
  if (!folders) {
    const nodes = [...Object.values(manifest.nodes), ...Object.values(manifest.unit_tests)]
    folders = new Set(nodes.flatMap(({ fqn = [] }) => fqn.slice(1).map((_, i) => fqn.slice(0, i + 1).join('.'))))
    known.set(manifest, folders)
  }
  return folders
}
