import type { ManifestNode } from '../../contract.js'

/**
 * A seed has less than other nodes in manifest.json: dbt's schema allows nothing of templates there. Here all nodes are
 * alike, so what seeds lack is left out when they are written, and there again when they are read.
 */
const templateKeys = {
  language: 'sql',
  refs: [],
  sources: [],
  metrics: [],
  functions: [],
  compiled_path: null,
  extra_ctes: [],
  extra_ctes_injected: false,
  contract: { enforced: false, alias_types: true, checksum: null },
} as const

const isSeed = (resource: unknown): resource is ManifestNode =>
  resource !== null && typeof resource === 'object' && (resource as ManifestNode).resource_type === 'seed'

export function asWritten<T>(resource: T): T {
  if (!isSeed(resource)) return resource
  const kept = Object.entries(resource).filter(
    ([key]) => !Object.hasOwn(templateKeys, key) && key !== 'compiled' && key !== 'compiled_code',
  )
  return { ...Object.fromEntries(kept), depends_on: { macros: resource.depends_on.macros } } as T
}

export function asRead<T>(resource: T): T {
  if (!isSeed(resource)) return resource
  return {
    ...structuredClone(templateKeys),
    ...resource,
    depends_on: { ...resource.depends_on, nodes: resource.depends_on.nodes ?? [] },
  } as T
}
