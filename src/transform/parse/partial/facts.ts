import type { ManifestNode, ManifestSource } from '../../contract.js'
import { graphMember } from '../../graph/graph.js'
import { isRefable } from '../../graph/resource-types.js'
import { exactJson } from '../../python/exact-json.js'
import { ownRelation } from '../checks/relations.js'
import { hashText, kinds, type Made, type Resource } from '../files/tracker.js'
import { keyTestOf } from '../resources/primary-keys.js'
import type { Property } from '../yaml/properties.js'
import type { CachedEntry, CachedResource } from './cache-file.js'

const kindIndex = new Map(kinds.map((kind, i) => [kind, i]))

/** What linking and others must know of something that a file made. `start` and `length` are set when it is written. */
export function factsOf({ kind, phase, resource }: Made, line: number): CachedResource {
  const member = kind === 'disabled' || kind === 'groups' ? undefined : graphMember(resource)
  return {
    kind: kindIndex.get(kind) as number,
    phase,
    id: resource.unique_id,
    start: 0,
    length: 0,
    line: kind === 'nodes' || kind === 'functions' ? line : 0,
    parents: member?.parents ?? null,
    group: kind === 'groups' ? resource.name : (member?.group ?? null),
    keyTest: kind === 'nodes' || kind === 'disabled' ? keyTestOf(resource as ManifestNode) : null,
    provides: nameOf(resource),
    face: faceOf(resource, kind === 'disabled'),
    relation: kind === 'nodes' ? (ownRelation(resource as ManifestNode) ?? '') : '',
  }
}

function nameOf(resource: Resource): string {
  if (resource.resource_type === 'source') return `source:${(resource as ManifestSource).source_name}.${resource.name}`
  if (resource.resource_type === 'group') return `group:${resource.name}`
  return isRefable(resource) || resource.resource_type === 'function' ? `node:${resource.name}` : ''
}

/** All that the parsing of others may read of a resource, as one text. */
function faceOf(resource: Resource, isDisabled: boolean): string {
  if (nameOf(resource) === '') return ''
  const { access, group, version, latest_version, schema, alias, identifier, database, relation_name } =
    resource as ManifestNode & ManifestSource
  const eventTime = (resource.config as { event_time?: unknown } | undefined)?.event_time
  // A unit test must say whether a model that asks for it adds to its table.
  const isAdding = (resource as ManifestNode).depends_on?.macros.includes('macro.dbt.is_incremental')
  const names = [access, group, version, latest_version, schema, alias, identifier, database, relation_name]
  const seen = [...names, eventTime, isAdding]
  return hashText(JSON.stringify([resource.unique_id, isDisabled, resource.original_file_path, seen]))
}

export const entryFacts = (property: Property): CachedEntry => ({
  kind: property.kind,
  name: property.name,
  hasVersions: property.hasVersions,
  hash: hashText(`${property.file} ${exactJson(property.values)}`),
})
