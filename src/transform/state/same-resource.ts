import { isNode, isSource, type Selectable } from '../graph/selectable.js'
import { same, sameKeys } from './canonical.js'
import { type SameContract, sameNode } from './same-node.js'

/** Whether anything in the graph is as it was; what was not there before is another one, but for a few types that dbt takes as they are. */
export function sameResource(old: Selectable | undefined, node: Selectable, sameContract: SameContract): boolean {
  if (old === undefined) return isSource(node) || !isNode(node) ? node.resource_type !== 'unit_test' : false
  if (isNode(node)) return isNode(old) && sameNode(old, node, sameContract)
  if (node.resource_type === 'saved_query' && !sameSavedQuery(old, node)) return false
  if (node.resource_type === 'exposure' && !same(dependencies(old), dependencies(node))) return false
  return sameKeys(old, node, comparedKeys[node.resource_type] ?? [])
}

/** What dbt looks at in resources that are no nodes. Of a metric it does not see how it is computed. */
const comparedKeys: Readonly<Record<string, readonly string[]>> = {
  source: [
    // As written: another target alone changes nothing.
    ...['unrendered_database', 'unrendered_schema', 'identifier', 'fqn', 'quoting'],
    ...['freshness', 'loaded_at_field', 'external', 'unrendered_config'],
  ],
  exposure: ['fqn', 'type', 'owner', 'maturity', 'url', 'description', 'label', 'unrendered_config'],
  metric: ['type', 'description', 'label', 'unrendered_config'],
  semantic_model: [
    ...['model', 'description', 'defaults', 'entities', 'dimensions', 'measures', 'config', 'primary_entity', 'group'],
  ],
  saved_query: ['description', 'label', 'config', 'group', 'tags'],
  unit_test: ['checksum'],
}

const dependencies = ({ depends_on }: Selectable) =>
  [...((depends_on as { readonly nodes?: readonly string[] } | undefined)?.nodes ?? [])].sort()

/** A query and what it is exported to. Where an export lies is compared as written: another target alone changes nothing. */
function sameSavedQuery(old: Selectable, node: Selectable): boolean {
  const exportsOf = ({ exports }: Record<string, unknown>) =>
    (exports as { name: string; unrendered_config: Record<string, unknown> }[]).map(
      ({ name, unrendered_config: { export_as, schema, alias } }) => [name, export_as, schema, alias],
    )
  const paramsOf = ({ query_params }: Record<string, unknown>) => {
    const { metrics, group_by, where } = query_params as Record<string, unknown>
    return [metrics, group_by, where]
  }
  return (
    same(paramsOf(old as never), paramsOf(node as never)) && same(exportsOf(old as never), exportsOf(node as never))
  )
}
