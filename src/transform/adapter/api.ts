import { defineFunction, str } from '../../jinja/index.js'
import { ApiColumn } from './column.js'
import { Relation, type RelationKind } from './relation.js'

export { ApiColumn, Column } from './column.js'

const textOf = (value: unknown) => (value === undefined || value === null ? null : str(value))

/** `api.Relation`: `create(database=…, schema=…, identifier=…, type=…)` and the names of types. */
export function relationApi() {
  const create = defineFunction(
    'create',
    ['database?', 'schema?', 'identifier?', 'type?', '**rest'],
    (database: unknown, schema: unknown, identifier: unknown, type: unknown) =>
      Relation.create({
        database: textOf(database),
        schema: textOf(schema),
        identifier: textOf(identifier),
        type: textOf(type) as RelationKind,
      }),
  )
  const members: Readonly<Record<string, unknown>> = {
    create,
    Table: 'table',
    View: 'view',
    CTE: 'cte',
    MaterializedView: 'materialized_view',
    External: 'external',
    get_default_quote_policy: () => ({ database: true, schema: true, identifier: true }),
    get_default_include_policy: () => ({ database: true, schema: true, identifier: true }),
  }
  return { jinjaAttribute: (name: string) => members[name], pythonType: 'type' }
}

export const api = { Relation: relationApi(), Column: ApiColumn }
