import { compareModelVersions } from '../../graph/model-versions.js'
import { listedTypes } from '../../graph/resource-types.js'
import { isModel, isNode, isSource, type Selectable } from '../../graph/selectable.js'
import { matchesWildcard } from '../wildcard.js'
import { invalidValue, type SelectorMethod } from './method.js'

export const tagMethod: SelectorMethod = (value) => (node) => {
  // Those of a unit test stand in its config alone.
  const tags = node.tags ?? (node.config as { tags?: unknown } | undefined)?.tags
  return Array.isArray(tags) && tags.some((tag) => matchesWildcard(String(tag), String(value)))
}

export const groupMethod: SelectorMethod = (value) => (node) => {
  if (!isNode(node) && node.resource_type !== 'metric') return false
  const { group } = (node.config ?? {}) as Record<string, unknown>
  return typeof group === 'string' && matchesWildcard(group, String(value))
}

export const accessMethod: SelectorMethod = (value) => (node) => isModel(node) && node.access === value

const resourceTypes: ReadonlySet<string> = new Set([...listedTypes, 'analysis', 'operation'])

export const resourceTypeMethod: SelectorMethod = (value) => {
  if (!resourceTypes.has(String(value)))
    throw invalidValue(
      `There is no resource type '${String(value)}'.`,
      `The types are ${[...resourceTypes].join(', ')}.`,
    )
  return (node) => node.resource_type === value
}

/** `config.materialized:table`, `config.meta.owner:ann`; in a list, one of its items is enough. */
export const configMethod: SelectorMethod = (value, scope) => {
  const isSeverity = scope.arguments.length === 1 && scope.arguments[0] === 'severity'
  const asked = isSeverity ? String(value).toUpperCase() : value
  const truth = { true: true, false: false }[String(value).toLowerCase()]
  const isMatch = (found: unknown) =>
    (isSeverity && typeof found === 'string' ? found.toUpperCase() === asked : found === asked) ||
    (truth !== undefined && found === truth)
  return (node) => {
    if (!isNode(node) && !isSource(node)) return false
    const found = scope.arguments.reduce<unknown>(descend, node.config)
    if (found === undefined) return false
    return Array.isArray(found) ? found.some(isMatch) : isMatch(found)
  }
}

function descend(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

export const testNameMethod: SelectorMethod = (value) => (node) => {
  if (isNode(node) && node.resource_type === 'test')
    return node.test_metadata !== undefined && matchesWildcard(node.test_metadata.name, String(value))
  return node.resource_type === 'unit_test' && matchesWildcard(node.name, String(value))
}

export const testTypeMethod: SelectorMethod = (value) => {
  const isGeneric = (node: Selectable) => isNode(node) && node.resource_type === 'test' && node.test_metadata != null
  const isSingular = (node: Selectable) => isNode(node) && node.resource_type === 'test' && node.test_metadata == null
  switch (value) {
    case 'generic':
    case 'schema':
      return isGeneric
    case 'singular':
      return isSingular
    case 'data':
      return (node) => isGeneric(node) || isSingular(node)
    case 'unit':
      return (node) => node.resource_type === 'unit_test'
  }
  throw invalidValue(`There is no test type '${String(value)}'.`, 'The types are generic, singular, unit and data.')
}

export const versionMethod: SelectorMethod = (value) => {
  const compared = (test: (order: number) => boolean) => (node: Selectable) =>
    isModel(node) &&
    node.version != null &&
    node.latest_version != null &&
    test(compareModelVersions(node.version, node.latest_version))
  switch (value) {
    case 'latest':
      return compared((order) => order === 0)
    case 'prerelease':
      return compared((order) => order > 0)
    case 'old':
      return compared((order) => order < 0)
    case 'none':
      return (node) => isModel(node) && node.version == null
  }
  throw invalidValue(`There is no version type '${String(value)}'.`, 'The types are latest, prerelease, old and none.')
}
