import { defineFunction, str } from '../../../jinja/index.js'
import { nodeRelation, type RelationSettings, sourceRelation } from '../../adapter/node-relation.js'
import { Relation } from '../../adapter/relation.js'
import { refFunction } from '../../context/ref-function.js'
import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { type InputRows, narrowed } from '../../event-time/input-rows.js'
import { compareModelVersions } from '../../graph/model-versions.js'
import { NamedNodes } from '../../graph/named-nodes.js'
import { isRefable } from '../../graph/resource-types.js'
import type { EventSink } from '../../log/event-sink.js'
import { nodeInfo } from '../../log/node-info.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import { externalLocation } from './external-source.js'

/** What the nodes of a manifest can refer to. */
export function referenceIndex({ manifest, root, invocation }: ParsedProject): NamedNodes {
  const index = new NamedNodes(root.name, invocation.flags)
  for (const node of Object.values(manifest.nodes)) if (isRefable(node)) index.addNode(node)
  for (const source of Object.values(manifest.sources)) index.addSource(source)
  return index
}

export interface ReferenceOptions {
  readonly index: NamedNodes
  readonly relations: RelationSettings
  readonly node: ManifestNode
  readonly rows: InputRows
  /** With --defer: the relation of another environment that stands in for a node. */
  readonly deferred?: ((node: ManifestNode) => Relation | undefined) | undefined
  readonly events?: EventSink | undefined
  /** What `ref.config` is. */
  readonly config?: () => unknown
}

/** Hooks and inline SQL are not parsed for refs: they may name anything. */
const isFree = (node: ManifestNode) => node.resource_type === 'operation' || node.resource_type === 'sql_operation'

/** `ref()` while executing: the relation of the node that is named. */
export function executionRef({ index, relations, node, rows, deferred, events, config }: ReferenceOptions) {
  return refFunction((name, packageName, version) => {
    const found = index.node({ name, package: packageName, version }, node.package_name)
    if (!found)
      throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
        message: `There is no model, seed or snapshot '${name}'${version === null ? '' : ` of version ${version}`}.`,
      })
    if (found.unique_id !== node.unique_id && !node.depends_on.nodes.includes(found.unique_id)) {
      if (!isFree(node))
        throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
          message: `This ref to '${name}' was not seen when the file was parsed, so the graph does not know of it.`,
          hint: `Add this line to the file: -- depends_on: {{ ref('${name}') }}`,
        })
      node.depends_on.nodes.push(found.unique_id)
    }
    const newer = version === null ? newerVersion(index, found) : undefined
    if (newer !== undefined)
      events?.fire(
        'UnpinnedRefNewVersionAvailable',
        {
          ref_node_name: found.name,
          ref_node_package: found.package_name,
          ref_node_version: String(found.version),
          ref_max_version: String(newer),
          node_name: node.name,
        },
        { node: nodeInfo(node) },
      )
    return (deferred?.(found) ?? referencedRelation(relations, found)).with(
      narrowed(found, node, rows, relations.rules),
    )
  }, config)
}

/** The highest version, where that is not yet what a ref without a version means. */
function newerVersion(index: NamedNodes, { name, version }: ManifestNode): string | number | undefined {
  if (version == null) return undefined
  return index
    .versionsOf(name)
    .filter((one) => compareModelVersions(one, version) > 0)
    .sort(compareModelVersions)
    .at(-1)
}

/** `source()` while executing. */
export function executionSource({ index, relations, node, rows }: ReferenceOptions) {
  return defineFunction('source', ['source_name', 'table_name'], (sourceName: unknown, table: unknown) => {
    const found = index.source(str(sourceName), str(table), node.package_name)
    if (!found)
      throw transformErrors.create('TRANSFORM_SOURCE_NOT_FOUND', {
        message: `There is no source '${str(sourceName)}.${str(table)}'.`,
      })
    return sourceRelation(relations, found, {
      external: externalLocation(found),
      ...narrowed(found, node, rows, relations.rules),
    })
  })
}

/** What an ephemeral model is called in the SQL that it is part of. Versions of one model have aliases of their own. */
export const ephemeralName = ({ alias }: ManifestNode): string => `__dbt__cte__${alias}`

/** An ephemeral model has no relation: its name stands for a common table expression that compiling puts in front. */
function referencedRelation(relations: RelationSettings, node: ManifestNode): Relation {
  if (node.config.materialized === 'ephemeral')
    return Relation.create(relations.rules, { identifier: ephemeralName(node), type: 'cte' })
  return nodeRelation(relations, node)
}
