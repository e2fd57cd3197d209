import { str } from '../../jinja/index.js'
import type { NodeContext } from '../context/node-context.js'
import type { ManifestNode } from '../contract.js'
import { executionEnvironment } from '../parse/parse-project.js'

/** Foreign keys name the relation that they lead to: `to: ref('orders')` becomes `"db"."schema"."orders"`. */
export async function resolveConstraintTargets(node: ManifestNode, context: NodeContext): Promise<void> {
  const all = [...(node.constraints ?? []), ...Object.values(node.columns).flatMap(({ constraints }) => constraints)]
  for (const constraint of all)
    if (typeof constraint.to === 'string' && /^\s*(?:ref|source)\s*\(/.test(constraint.to)) {
      const template = executionEnvironment.compile({ name: node.original_file_path, source: `{{ ${constraint.to} }}` })
      constraint.to = str(await template.render(context)).trim()
    }
}
