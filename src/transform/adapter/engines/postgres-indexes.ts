import { PyDict, PyTuple, pairs, str } from '../../../jinja/index.js'
import { AgateTable } from '../table.js'

interface Index {
  readonly name: string | null
  readonly columns: readonly string[]
  readonly isUnique: boolean
  readonly method: string
}

const sameKey = ({ columns, isUnique, method }: Index) => `${[...columns].sort().join(',')} ${isUnique} ${method}`

/**
 * Which indexes of a materialized view are to be dropped and made, so that it has those of its config; null when none. Of a
 * materialized view PostgreSQL can change nothing else in place.
 * @param found what postgres__describe_materialized_view answers
 * @param model the node, with its config
 */
export function indexChanges(found: unknown, model: unknown): unknown {
  const present = presentIndexes(memberOf(found, 'indexes'))
  const wanted = wantedIndexes(memberOf(memberOf(model, 'config'), 'indexes'))
  const minus = (a: readonly Index[], b: readonly Index[]) => {
    const known = new Set(b.map(sameKey))
    return a.filter((index) => !known.has(sameKey(index)))
  }
  // What is dropped goes first: an index may come back in another form.
  const changes = [
    ...minus(present, wanted).map((index) => change('drop', index)),
    ...minus(wanted, present).map((index) => change('create', index)),
  ]
  return changes.length === 0
    ? null
    : PyDict.from([
        ['indexes', changes],
        ['requires_full_refresh', false],
        ['has_changes', true],
      ])
}

const memberOf = (mapping: unknown, key: string): unknown =>
  mapping instanceof PyDict
    ? mapping.get(key)
    : new Map(pairs(mapping).map(([name, value]) => [str(name), value])).get(key)

/** Rows of postgres__get_show_indexes_sql. */
function presentIndexes(table: unknown): Index[] {
  if (!(table instanceof AgateTable)) return []
  return table.rows.map((row) => ({
    name: str(row.jinjaItem('name')),
    columns: str(row.jinjaItem('column_names')).toLowerCase().split(','),
    isUnique: row.jinjaItem('unique') === true,
    method: str(row.jinjaItem('method')),
  }))
}

function wantedIndexes(list: unknown): Index[] {
  if (!Array.isArray(list)) return []
  return list.map((entry: unknown) => {
    const columns = memberOf(entry, 'columns')
    return {
      name: null,
      columns: (Array.isArray(columns) ? columns : [columns]).map((column) => str(column).toLowerCase()),
      isUnique: memberOf(entry, 'unique') === true,
      method: str(memberOf(entry, 'type') ?? 'btree'),
    }
  })
}

function change(action: 'drop' | 'create', { name, columns, isUnique, method }: Index): PyDict {
  const config = PyDict.from([
    ['columns', [...columns]],
    ['unique', isUnique],
    ['type', method],
  ])
  const context = PyDict.from([
    ['name', name],
    ['column_names', PyTuple.fromArray(columns)],
    ['unique', isUnique],
    ['method', method],
    ['as_node_config', config],
  ])
  return PyDict.from([
    ['action', action],
    ['context', context],
    ['requires_full_refresh', false],
  ])
}
