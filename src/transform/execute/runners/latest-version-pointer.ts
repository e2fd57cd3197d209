import { str } from '../../../jinja/index.js'
import { nodeRelation } from '../../adapter/node-relation.js'
import type { ManifestNode, NodeResult } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { isMapping } from '../../project/yaml-file.js'
import { failure, materializeNode } from '../materialize/materialize-node.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import type { Session } from '../session/session.js'

/** Whether a view without a version in its name shows the node: the latest version of a model whose config, or flag, asks for it. */
function hasPointer({ project: { invocation } }: Session, node: ManifestNode): boolean {
  const { version, latest_version, resource_type, config } = node
  if (resource_type !== 'model' || version == null || String(version) !== String(latest_version)) return false
  const { latest_version_pointer: pointer } = config
  const enabled = isMapping(pointer) ? pointer.enabled : null
  return typeof enabled === 'boolean' ? enabled : invocation.flags.latest_version_pointer_enabled_by_default === true
}

/** Makes that view of a model that was made, as dbt 1.12 does; when it fails the model does. */
export async function withLatestVersionPointer(
  session: Session,
  node: ManifestNode,
  run: RunnerOptions,
  result: NodeResult,
): Promise<NodeResult> {
  if (result.status !== 'success' || !hasPointer(session, node)) return result
  const runner = session.runner(node, run)
  try {
    const pointer = await runner.withContext(async (context, adapter) => {
      const { latest_version_pointer: config } = node.config
      const custom = isMapping(config) && config.alias ? String(config.alias).trim() : null
      const alias = await adapter.runMacro('generate_latest_version_pointer_alias', custom, context.get('model'))
      return pointerOf(session, node, str(alias).trim())
    })
    const made = await materializeNode(session.runner(pointer, run))
    return made.status === 'success' ? result : { ...result, status: 'error', message: made.message, error: made.error }
  } catch (thrown) {
    return { ...result, ...failure(runner, thrown) }
  }
}

function pointerOf(session: Session, node: ManifestNode, alias: string): ManifestNode {
  if (alias === node.alias)
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `Cannot create latest version pointer: the latest version of '${node.name}' is already aliased to '${alias}'. Set \`latest_version_pointer: enabled: false\` or remove the conflicting alias.`,
      at: { file: node.original_file_path },
    })
  const shown = `select * from ${nodeRelation(session.project.relations, node).render()}`
  const pointer: ManifestNode = {
    ...node,
    unique_id: `${node.unique_id}__latest_version_pointer`,
    // What is written of it below target/ lies beside the model's own.
    original_file_path: node.original_file_path.replace(/(\.\w+)$/, '.latest_version_pointer$1'),
    alias,
    language: 'sql',
    raw_code: shown,
    compiled_code: shown,
    config: { ...node.config, alias, materialized: 'view', 'pre-hook': [], 'post-hook': [], persist_docs: {} },
  }
  return { ...pointer, relation_name: nodeRelation(session.project.relations, pointer).render() }
}
