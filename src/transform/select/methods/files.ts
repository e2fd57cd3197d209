import type { Selectable } from '../../graph/selectable.js'
import { matchesWildcard, pathPattern } from '../wildcard.js'
import type { MethodScope, SelectorMethod } from './method.js'

/**
 * A file, a folder that holds it, or the properties file that describes the node. The path is one of the root project:
 * nodes of packages match by it only where the root project has that path too.
 */
export const pathMethod: SelectorMethod = (value, scope) => {
  const pattern = pathPattern(String(value))
  const rootPaths = pathsOfRoot(scope)
  return (node) => pathsOf(node).some((path) => pattern.test(path) && rootPaths.has(path))
}

function pathsOfRoot({ manifest, members }: MethodScope): Set<string> {
  const own = [...members.values()].filter((node) => node.package_name === manifest.metadata.project_name)
  return new Set(own.flatMap(pathsOf))
}

/** The node's file, every folder above it, and its properties file. */
function pathsOf(node: Selectable): string[] {
  const parts = node.original_file_path.split('/')
  const paths = parts.map((_, i) => parts.slice(0, parts.length - i).join('/'))
  const described = typeof node.patch_path === 'string' ? node.patch_path.split('://')[1] : undefined
  return described === undefined ? paths : [...paths, described]
}

/** The file's name, with or without its ending. */
export const fileMethod: SelectorMethod = (value) => {
  const pattern = String(value)
  return (node) => {
    const name = node.original_file_path.split('/').at(-1) ?? ''
    return matchesWildcard(name, pattern) || matchesWildcard(name.replace(/\.[^.]+$/, ''), pattern)
  }
}
