import { isSource, type Selectable } from '../../graph/selectable.js'
import { matchesWildcard } from '../wildcard.js'
import { invalidValue, type SelectorMethod } from './method.js'

const hasWildcard = (part: string) => /[*?[\]]/.test(part)

/** Matches a fully qualified name from its start, or its last part alone. */
function matchesFqn(fqn: readonly string[], selector: string, isVersioned: boolean): boolean {
  const parts = selector.split('.')
  const leaf = (isVersioned ? fqn.at(-2) : fqn.at(-1)) ?? ''
  if (leaf === selector) return true
  if (isVersioned && fqn.slice(-2).join('_') === parts.slice(-2).join('_')) return true
  const flat = fqn.flatMap((segment) => segment.split('.'))
  if (flat.length < parts.length) return false
  for (const [i, part] of parts.entries()) {
    if (hasWildcard(part)) {
      if (matchesWildcard(flat.slice(i).join('.'), parts.slice(i).join('.'))) return true
      return parts.length === 1 && matchesWildcard(leaf, selector)
    }
    if (flat[i] !== part) return false
  }
  return true
}

export const fqnMethod: SelectorMethod = (value) => (node) => {
  if (isSource(node) || !node.fqn) return false
  const isVersioned = node.resource_type === 'model' && node.version !== null && node.version !== undefined
  const selector = String(value)
  return matchesFqn(node.fqn, selector, isVersioned) || matchesFqn(node.fqn.slice(1), selector, isVersioned)
}

/** `source:raw`, `source:raw.orders`, `source:package.raw.orders` */
export const sourceMethod: SelectorMethod = (value) => {
  const parts = String(value).split('.')
  if (parts.length > 3)
    throw invalidValue(
      `The source selector '${String(value)}' has too many parts.`,
      'Write source:name, source:name.table or source:package.name.table.',
    )
  const [packagePattern = '*', source = '*', table = '*'] =
    parts.length === 3 ? parts : ['*', parts[0] ?? '*', parts[1] ?? '*']
  return (node) =>
    isSource(node) &&
    matchesWildcard(node.package_name, packagePattern) &&
    matchesWildcard(node.source_name, source) &&
    matchesWildcard(node.name, table)
}

/** `exposure:name` and `exposure:package.name`; likewise for the other resources that have nothing but a name. */
export const namedResourceMethod =
  (resourceType: Selectable['resource_type']): SelectorMethod =>
  (value) => {
    const parts = String(value).split('.')
    if (parts.length > 2)
      throw invalidValue(
        `The ${resourceType} selector '${String(value)}' has too many parts.`,
        `Write ${resourceType}:name or ${resourceType}:package.name.`,
      )
    const [packagePattern, name] = parts.length === 2 ? [parts[0] as string, parts[1] as string] : ['*', parts[0] ?? '']
    return (node) =>
      node.resource_type === resourceType &&
      matchesWildcard(node.package_name, packagePattern) &&
      matchesWildcard(node.name, name)
  }

/** `this` is the root project. */
export const packageMethod: SelectorMethod = (value, { manifest }) => {
  const pattern = value === 'this' ? manifest.metadata.project_name : String(value)
  return (node) => matchesWildcard(node.package_name, pattern)
}
