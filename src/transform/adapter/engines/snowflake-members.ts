import { MillraceError } from '../../../base/index.js'
import { defineFunction, PyDict, str } from '../../../jinja/index.js'
import { toPlain } from '../../python/values.js'
import { Column } from '../column.js'
import type { Relation } from '../relation.js'
import type { SeedTable } from '../seed-table.js'
import type { MembersOf } from './engine.js'

/** What Snowflake's `adapter` has besides, or in its own way. */
export function snowflakeMembers(adapter: MembersOf): Readonly<Record<string, unknown>> {
  const { warehouse, target } = adapter.options
  return {
    column_of_description: (name: unknown, type: unknown) => columnOf(str(name), str(type)),
    get_columns_in_relation: defineFunction('get_columns_in_relation', ['relation'], async (relation: unknown) => {
      try {
        return await adapter.runMacro('get_columns_in_relation', relation)
      } catch (error) {
        // As dbt has it: what is not there has none.
        if (error instanceof MillraceError && error.data?.snowflakeCode === '002003') return []
        throw error
      }
    }),
    list_schemas: (database: unknown) =>
      warehouse.listSchemas({ database: database == null ? target.database : str(database) }),
    check_schema_exists: defineFunction(
      'check_schema_exists',
      ['database', 'schema'],
      async (database: unknown, schema: unknown) => {
        const schemas = await warehouse.listSchemas({ database: database == null ? target.database : str(database) })
        return schemas.some((name) => name.toLowerCase() === str(schema).toLowerCase())
      },
    ),
    standardize_grants_dict: grantsOf,
    seed_statements: (relation: Relation, table: { seed: SeedTable }, quoted: unknown, rowsAtOnce: unknown) =>
      seedStatements(adapter, relation, table.seed, quoted, Number(rowsAtOnce)),
  }
}

/** `VARCHAR(16777216)`, `NUMBER(38,0)`, `TIMESTAMP_NTZ(9)`: as DESCRIBE TABLE prints a type. */
function columnOf(name: string, described: string): Column {
  const [, type = described, inner] = /^([^(]+)(?:\(([^)]+)\))?$/.exec(described) ?? []
  if (inner === undefined) return new Column(name, type)
  const [first, second] = inner.split(',').map(Number)
  if (second !== undefined) return new Column(name, type, null, first ?? null, second)
  return new Column(name, type, first ?? null)
}

/** What SHOW GRANTS answers → privilege: [grantees]; who owns a table, and shares, are nobody's grant. */
function grantsOf(table: unknown): PyDict {
  const grants = new PyDict()
  for (const row of (table as { rows: readonly { jinjaItem(key: string): unknown }[] }).rows) {
    const privilege = str(row.jinjaItem('privilege'))
    if (privilege === 'OWNERSHIP' || str(row.jinjaItem('granted_to')) === 'SHARE') continue
    const grantees = (grants.get(privilege) as string[] | undefined) ?? []
    grants.set(privilege, [...grantees, str(row.jinjaItem('grantee_name'))])
  }
  return grants
}

/** How many values one statement may have. */
const mostValues = 10_000

/**
 * The first statement takes the place of the rows that are there.
 * @param rowsAtOnce 0: only the head of the first one, which stands for all
 */
function seedStatements(
  adapter: MembersOf,
  relation: Relation,
  seed: SeedTable,
  quoted: unknown,
  rowsAtOnce: number,
): string[] {
  const { warehouse } = adapter.options
  const names = seed.names.map((name) => (toPlain(quoted) === true ? warehouse.quoteIdentifier(name) : name)).join(', ')
  const head = (isFirst: boolean) => `insert ${isFirst ? 'overwrite ' : ''}into ${relation.render()} (${names})`
  if (rowsAtOnce === 0) return [`${head(true)} values …`]
  if (seed.rows.length === 0) return [`${head(true)} select ${names} from ${relation.render()} where false`]
  const size = Math.max(1, Math.min(rowsAtOnce, Math.floor(mostValues / Math.max(1, seed.names.length))))
  const statements: string[] = []
  for (let at = 0; at < seed.rows.length; at += size) {
    const rows = seed.rows
      .slice(at, at + size)
      .map((row) => `(${row.map((cell) => warehouse.quoteLiteral(cell)).join(', ')})`)
    statements.push(`${head(at === 0)} values ${rows.join(', ')}`)
  }
  return statements
}
