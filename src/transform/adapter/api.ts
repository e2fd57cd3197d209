import { defineFunction, iterate } from '../../jinja/index.js'
import { columnApi } from './column.js'
import type { Engine } from './engines/index.js'
import { Relation, type RelationKind, relationKinds, textOrNull } from './relation.js'

export { Column, columnApi } from './column.js'

/** `api.Relation`: `create(database=…, schema=…, identifier=…, type=…)` and the names of types. */
export function relationApi({ relations }: Engine, quoting: Readonly<Record<string, boolean>> = {}) {
  const create = defineFunction(
    'create',
    ['database?', 'schema?', 'identifier?', 'type?', '**rest'],
    (database: unknown, schema: unknown, identifier: unknown, type: unknown) =>
      Relation.create(relations, {
        quoted: quoting,
        database: textOrNull(database),
        schema: textOrNull(schema),
        identifier: textOrNull(identifier),
        type: textOrNull(type) as RelationKind,
      }),
  )
  const members: Readonly<Record<string, unknown>> = {
    create,
    ...relationKinds,
    scd_args: (key: unknown, updatedAt: unknown) => [...(typeof key === 'string' ? [key] : iterate(key)), updatedAt],
    get_default_quote_policy: () => ({ database: true, schema: true, identifier: true }),
    get_default_include_policy: () => ({ database: true, schema: true, identifier: true }),
  }
  return { jinjaAttribute: (name: string) => members[name], pythonType: 'type' }
}

/** `api` in the templates of a project. */
export function apiObject(engine: Engine, quoting: Readonly<Record<string, boolean>>) {
  const members = { Relation: relationApi(engine, quoting), Column: engine.columnApi ?? columnApi }
  return { ...members, jinjaAttribute: (name: string): unknown => members[name as keyof typeof members] }
}
