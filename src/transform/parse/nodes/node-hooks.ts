import { MillraceError } from '../../../base/index.js'
import { type Context, str } from '../../../jinja/index.js'
import { holdsJinja } from '../../context/holds-jinja.js'
import type { ManifestNode, NodeConfig } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { withSubject } from '../../log/error-text.js'
import { inHook } from '../../project/written-place.js'
import type { ParseScope } from '../scope/parse-scope.js'

/**
 * Hooks are templates of the node too: what they refer to must be there before it.
 * @throws JINJA_SYNTAX; TRANSFORM_YAML_INVALID for a seed that would depend on something
 */
export function readHookReferences(
  scope: ParseScope,
  node: ManifestNode,
  config: NodeConfig,
  contextOf: () => Context,
): void {
  const hooks = [config['pre-hook'], config['post-hook']]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map((hook: unknown) => str((hook as { sql?: unknown }).sql ?? ''))
    .filter(holdsJinja)
  if (hooks.length === 0) return
  for (const sql of hooks)
    try {
      scope.environment.compile({ name: node.original_file_path, source: sql }).renderSync(contextOf())
    } catch (thrown) {
      // What only running can know fails there, with the hook's own place.
      if (thrown instanceof MillraceError && thrown.code === 'JINJA_SYNTAX')
        throw withSubject(inHook(thrown, sql, node, scope), node)
    }
  if (node.resource_type !== 'seed' || node.refs.length + node.sources.length + node.metrics.length === 0) return
  throw transformErrors.create('TRANSFORM_YAML_INVALID', {
    message: `Seeds cannot depend on other nodes, and a hook of '${node.unique_id}' calls ref, source or metric:\n${hooks.join('\n')}`,
    hint: 'Move the hook to a model, or write the name of the relation.',
    data: { dbtType: 'Parsing' },
  })
}
