import { str } from '../../jinja/index.js'
import type { Engine } from '../adapter/engines/index.js'
import { Relation } from '../adapter/relation.js'
import type { NodeContext } from '../context/node-context.js'
import type { ManifestNode } from '../contract.js'
import { executionEnvironment } from '../parse/parse-project.js'

/** Foreign keys name the relation that they lead to: `to: ref('orders')` becomes `"db"."schema"."orders"`. */
export async function resolveConstraintTargets(
  node: ManifestNode,
  context: NodeContext,
  { foreignKeysNameDatabase: namesDatabase }: Engine,
): Promise<void> {
  const all = [...(node.constraints ?? []), ...Object.values(node.columns).flatMap(({ constraints }) => constraints)]
  for (const constraint of all)
    if (typeof constraint.to === 'string' && /^\s*(?:ref|source)\s*\(/.test(constraint.to)) {
      const template = executionEnvironment.compile({ name: node.original_file_path, source: `{{ ${constraint.to} }}` })
      const relation = await template.evaluate(context)
      constraint.to =
        relation instanceof Relation ? relation.with({ included: { database: namesDatabase } }).render() : str(relation)
    }
}
