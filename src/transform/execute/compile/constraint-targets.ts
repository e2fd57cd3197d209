import { type Context, str } from '../../../jinja/index.js'
import { engineOf } from '../../adapter/engines/index.js'
import { Relation } from '../../adapter/relation.js'
import { executionEnvironment } from '../../context/environments.js'
import type { ManifestNode } from '../../contract.js'
import type { ExecutionScope } from '../scope/execution-scope.js'
import { executionRef, executionSource } from './references.js'

/** Foreign keys name the relation that they lead to, with all its rows: `to: ref('orders')` becomes `"db"."schema"."orders"`. */
export async function resolveConstraintTargets(
  { project, index, deferred }: ExecutionScope,
  node: ManifestNode,
  context: Context,
): Promise<void> {
  const { relations, target } = project
  const namesDatabase = engineOf(target.type).foreignKeysNameDatabase
  const references = { index, relations, node, rows: { isEmpty: false }, deferred: deferred?.unlessSelected }
  const own: Readonly<Record<string, unknown>> = {
    ref: executionRef(references),
    source: executionSource(references),
  }
  const values: Context = { get: (name) => own[name] ?? context.get(name) }
  const all = [...(node.constraints ?? []), ...Object.values(node.columns).flatMap(({ constraints }) => constraints)]
  for (const constraint of all)
    if (typeof constraint.to === 'string' && /^\s*(?:ref|source)\s*\(/.test(constraint.to)) {
      const template = executionEnvironment.compile({ name: node.original_file_path, source: `{{ ${constraint.to} }}` })
      const relation = await template.evaluate(values)
      constraint.to =
        relation instanceof Relation ? relation.with({ included: { database: namesDatabase } }).render() : str(relation)
    }
}
