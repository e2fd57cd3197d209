import { iterate, str } from '../../../jinja/index.js'
import type { Cell } from '../../../warehouse/index.js'
import { Relation, type RelationValues } from '../relation.js'
import { AgateTable } from '../table.js'
import type { MembersOf } from './engine.js'
import { columnsOfTable, readSparkRelation, tableStats } from './spark-tables.js'

const names = [
  ...['table_database', 'table_schema', 'table_name', 'table_type', 'table_comment', 'table_owner'],
  ...['column_name', 'column_index', 'column_type', 'column_comment'],
  ...['bytes', 'rows'].flatMap((stat) =>
    ['label', 'value', 'description', 'include'].map((part) => `stats:${stat}:${part}`),
  ),
]

/** What is told of a relation beside its columns. */
interface Listed {
  readonly values: RelationValues
  readonly owner: string | null
  readonly stats: Readonly<Record<string, number>>
  readonly columns: readonly (readonly [name: string, type: string])[]
}

/** A row a column of everything that the schemas hold. */
export async function catalogOf(adapter: MembersOf, schemas: unknown): Promise<AgateTable> {
  const rows: Cell[][] = []
  for (const schema of iterate(schemas).map(str))
    for (const { values, owner, stats, columns } of await listed(adapter, schema))
      for (const [index, [name, type]] of columns.entries())
        rows.push([
          ...[null, values.schema ?? null, values.identifier ?? null, values.type ?? null, null, owner],
          ...[name, index, type, null],
          ...['bytes', 'rows'].flatMap((stat): Cell[] =>
            stats[stat] === undefined ? [null, null, null, null] : [stat, stats[stat], '', true],
          ),
        ])
  const columns = names.map((name) => ({ name, type: 'string', kind: 'text' as const }))
  return AgateTable.fromResult({ columns, rows, truncated: false })
}

/** All tables of a schema at once; where the catalogue lists names only, each is described. */
async function listed(adapter: MembersOf, schema: string): Promise<Listed[]> {
  const { connection, options } = adapter
  try {
    const { rows } = await connection.execute(`show table extended in ${schema} like '*'`, false)
    return rows.filter(([, , isTemporary]) => isTemporary !== true).map((row) => readListed(row))
  } catch {
    const { engine, warehouse } = options
    const infos = await warehouse.listRelations({ schemas: [schema] })
    const relations = infos.map(({ identifier, type }) =>
      Relation.create(engine.relations, { schema, identifier, type }),
    )
    return Promise.all(relations.map((relation) => described(adapter, relation)))
  }
}

function readListed(row: readonly Cell[]): Listed {
  const facts = String(row[3] ?? '')
  const columns = [...facts.matchAll(/^ \|-- (.*): (.*) \(nullable = .*$/gm)]
  return {
    values: readSparkRelation(row),
    owner: /^Owner: (.*)$/m.exec(facts)?.[1] ?? null,
    stats: tableStats(/^Statistics: (.*)$/m.exec(facts)?.[1]),
    columns: columns.map(([, name = '', type = '']) => [name, type] as const),
  }
}

async function described(adapter: MembersOf, relation: Relation): Promise<Listed> {
  const columns = await columnsOfTable(adapter, relation)
  const [first] = columns
  return {
    values: { schema: relation.schema, identifier: relation.identifier, type: relation.type },
    owner: first ? str(first.facts.table_owner) : null,
    stats: (first?.facts.table_stats ?? {}) as Readonly<Record<string, number>>,
    columns: columns.map(({ name, dtype }) => [name, dtype] as const),
  }
}
