import type { ManifestNode } from '../../contract.js'
import type { ConfigValues } from '../configs/config-fields.js'
import { nameNode } from '../nodes/node-names.js'
import type { ParseScope } from '../scope/parse-scope.js'
import type { Entry } from '../yaml/entry.js'
import { described, filterOf, keepSemantic, semanticResource } from './resource.js'
import { exportTypes, type SavedQuery } from './shapes.js'

/** An entry of `saved_queries:`: a query of metrics, and the tables that it may be exported to. */
export function parseSavedQuery(scope: ParseScope, entry: Entry): void {
  const name = entry.required('name')
  const params = entry.entry('query_params')
  if (!params) throw entry.wrong("'query_params' is a required property")
  const base = semanticResource(scope, entry, 'saved_query', name, { ...entry.mapping('config') })
  const tags = [...entry.texts('tags'), ...((base.config.tags as string[] | undefined) ?? [])]
  const made: SavedQuery = {
    ...base,
    description: described(scope, entry, entry.text('description')),
    label: entry.text('label'),
    query_params: {
      metrics: params.texts('metrics'),
      group_by: params.texts('group_by'),
      where: filterOf(params, 'where'),
      order_by: params.texts('order_by'),
      limit: params.number('limit'),
    },
    exports: entry.entries('exports').map((one) => exportOf(scope, one, base.config)),
    tags: [...new Set(tags)].sort(),
  }
  keepSemantic(scope, entry, made)
}

/** Where a query's rows are written; what an export does not say itself, the saved query's config says. */
function exportOf(scope: ParseScope, entry: Entry, config: ConfigValues): SavedQuery['exports'][number] {
  const name = entry.required('name')
  const given = entry.mapping('config')
  const own = entry.entry('config')
  const text = (key: string) => own?.text(key) ?? ((config[key] as string | null | undefined) || null)
  const exportAs = own?.choice('export_as', exportTypes) ?? exportTypes.find((one) => one === config.export_as)
  if (!exportAs) throw entry.wrong("'export_as' is a required property", ['config'])
  const place = placeOf(scope, entry, name, { database: text('database'), alias: text('alias') })
  return {
    name,
    config: {
      export_as: exportAs,
      schema_name: text('schema_name') ?? text('schema') ?? place.schema,
      alias: text('alias') ?? place.alias,
      database: place.database ?? text('database'),
    },
    unrendered_config: given,
  }
}

/** generate_schema_name and its like decide for exports too. They are called with what they may look at. */
function placeOf(scope: ParseScope, { property: { package: own } }: Entry, name: string, config: ConfigValues) {
  const { database, schema } = scope.invocation.target
  const node = { name, config, database, schema, alias: name, package_name: own.name } as unknown as ManifestNode
  nameNode(scope, node, own)
  return node
}
