import { invalid } from '../require.js'
import { literal } from '../sql-literal.js'
import { sqlName } from '../tables.js'
import type { BuiltInContext } from './built-in-check.js'
import type { CheckedAsset } from './check-context.js'

/** Where the rows of a checked asset are. */
export interface CheckedTable {
  readonly schema: string | undefined
  readonly name: string
  readonly sql: string
  /** The rows of one partition, where they can be told apart. */
  readonly whereOf: (partition: string) => string
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
const everywhere = () => ''

/** @throws DEFINITIONS_INVALID for an asset that is no table */
export function tableOfChecked(what: string, of: CheckedAsset): CheckedTable {
  if (of === undefined) throw invalid(`${what} is of no asset.`, 'Give it a table: dbt.models.orders.')
  if (typeof of === 'string') return tableOfKey(of)
  if (of.type === 'table') {
    const { schema, identifier } = of.relation ?? {}
    if (schema === undefined || identifier === undefined) return { ...tableOfKey(of.key), sql: sqlName(of) }
    return { schema, name: identifier, sql: sqlName(of), whereOf: everywhere }
  }
  const found = of.io?.tableOf?.(of.key)
  if (!found)
    throw invalid(
      `${what} needs a table, and ${of.key} is none.`,
      'Give the asset `io: io.table()`, or check its metadata: checks.metadataWithin(…).',
    )
  const { partitionColumn, ...table } = found
  const whereOf = (partition: string) => ` where ${quoted(partitionColumn)} = ${literal(partition)}`
  return { ...table, whereOf: of.partitions ? whereOf : everywhere }
}

/** Keys of streams and of what dbt makes are `schema/table`. */
function tableOfKey(key: string): CheckedTable {
  const at = key.indexOf('/')
  const [schema, name] = at < 0 ? [undefined, key] : [key.slice(0, at), key.slice(at + 1)]
  const sql = schema === undefined ? quoted(name) : `${quoted(schema)}.${quoted(name)}`
  return { schema, name, sql, whereOf: everywhere }
}

/** The rows that a check is asked about: of an asset that makes its partitions one by one those of the partition. */
export function rowsOfCall({ sql, whereOf }: CheckedTable, { partition }: BuiltInContext): string {
  return `${sql}${partition === undefined ? '' : whereOf(partition.key)}`
}
