import { PyDict, str } from '../../../jinja/index.js'
import { quoteSparkName, type ResultColumn } from '../../../warehouse/index.js'
import type { ConstraintSupport } from '../constraints.js'
import type { Relation } from '../relation.js'
import { AdapterResponse } from '../response.js'
import type { SeedTable } from '../seed-table.js'
import type { AgateTable } from '../table.js'
import type { Engine, MembersOf } from './engine.js'
import { catalogOf } from './spark-catalog.js'
import { SparkColumn, sparkColumnApi } from './spark-column.js'
import { readSparkOutput, shownSparkCredentials } from './spark-profile.js'
import { columnsOfTable, loadSparkSeed, readSparkRelation, seedType } from './spark-tables.js'

const notEnforced: Readonly<Record<string, ConstraintSupport>> = {
  check: 'not enforced',
  not_null: 'not enforced',
  unique: 'not enforced',
  primary_key: 'not enforced',
  foreign_key: 'not enforced',
}

export const spark: Engine = {
  type: 'spark',
  version: '1.11.0',
  readOutput: readSparkOutput,
  shownCredentials: shownSparkCredentials,
  relations: {
    maxNameLength: null,
    namesSubqueries: false,
    renameable: new Set(),
    replaceable: new Set(),
    refusesDatabasesAs: 'spark',
    areNamesBare: true,
    formats: new Set(['delta', 'iceberg', 'hudi']),
    quoteIdentifier: quoteSparkName,
  },
  incrementalStrategies: ['append', 'merge', 'insert_overwrite', 'microbatch'],
  microbatchKey: 'refused',
  seedNullIsText: false,
  dateFunction: 'current_timestamp()',
  constraints: notEnforced,
  beginsByItself: false,
  hasTransactions: false,
  foreignKeysNameDatabase: false,
  queryType,
  queryColumns: (column) => [new SparkColumn(column.name, queryType(column))],
  columnApi: sparkColumnApi,
  translateType: (type) => str(type),
  readRelation: readSparkRelation,
  response: () => new AdapterResponse('OK'),
  errorHeader: 'Database Error',
  behaviorFlags: {},
  members,
}

function members(_: unknown, adapter: MembersOf): Readonly<Record<string, unknown>> {
  return {
    catalog_of: (schemas: unknown) => catalogOf(adapter, schemas),
    columns_of_table: (relation: Relation) => columnsOfTable(adapter, relation),
    check_schema_exists: async (_database: unknown, schema: unknown) => {
      const { rows } = (await adapter.runMacro('list_schemas', '')) as AgateTable
      return rows.some(({ values: [name] }) => str(name) === str(schema))
    },
    // Columns of seeds are quoted, though names of tables are not.
    quote_seed_column: (column: unknown, quoted: unknown = null) =>
      quoted === false ? str(column) : adapter.options.warehouse.quoteIdentifier(str(column)),
    convert_type: (table: { seed?: SeedTable }, index: unknown) =>
      table.seed ? seedType(table.seed, Number(index)) : 'string',
    load_typed_rows: (relation: Relation, table: { seed: SeedTable }, types: unknown, rowsAtOnce: unknown) =>
      loadSparkSeed(adapter, relation, table.seed, types, Number(rowsAtOnce)),
    standardize_grants_dict: grantsOf,
    verify_database: () => '',
  }
}

/** Rows of SHOW GRANTS; what is granted on a schema, and that somebody owns the table, is left alone. */
function grantsOf(table: { rows: readonly { jinjaItem(key: string): unknown }[] }): PyDict {
  const grants = new PyDict()
  for (const row of table.rows) {
    const [privilege, kind] = [str(row.jinjaItem('ActionType')), str(row.jinjaItem('ObjectType'))]
    if (kind !== 'TABLE' || privilege === 'OWN') continue
    const grantees = (grants.get(privilege) as string[] | undefined) ?? []
    grants.set(privilege, [...grantees, str(row.jinjaItem('Principal'))])
  }
  return grants
}

/** dbt's driver knows types by the names of the protocol; contracts compare them. */
const driverNames: Readonly<Record<string, string>> = {
  void: 'NULL_TYPE',
  timestamp_ntz: 'TIMESTAMP_TYPE',
  'interval year to month': 'INTERVAL_YEAR_MONTH_TYPE',
  'interval day to second': 'INTERVAL_DAY_TIME_TYPE',
}

function queryType({ type }: ResultColumn): string {
  const base = type.replace(/[(<][\s\S]*$/, '')
  return driverNames[base] ?? `${base.toUpperCase()}_TYPE`
}
