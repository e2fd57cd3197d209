import type { Definitions } from '../../orchestrate/index.js'
import type { Manifest, ManifestNode } from '../../transform/index.js'
import { type SchemaColumn, type Warehouse, withConnection } from '../../warehouse/index.js'
import { columnType } from './column-type.js'
import { openLine, property, type TableLines } from './render-types.js'

interface Column {
  readonly name: string
  readonly type?: string | undefined
  readonly isNullable: boolean
}

/** Schema and table. */
const placeOf = (schema: string, table: string) => JSON.stringify([schema, table])

/**
 * The columns of each table: those that it has in the warehouse. Where it is not there, those that a contract promises, else those that were
 * known before, else those that its YAML describes, and any other.
 */
export function tableColumns(
  keys: Iterable<string>,
  {
    definitions,
    manifest,
    inWarehouse,
    before,
  }: {
    readonly definitions: Pick<Definitions, 'assets' | 'checks'>
    readonly manifest: Manifest | undefined
    readonly inWarehouse: ReadonlyMap<string, readonly Column[]>
    readonly before: TableLines
  },
): TableLines {
  const assets = new Map(definitions.assets.map((asset) => [asset.key, asset]))
  const neverNull = columnsWithoutNull(definitions, manifest)
  const lines = new Map<string, readonly string[]>()
  for (const key of keys) {
    const asset = assets.get(key)
    const node = asset?.origin?.uniqueId === undefined ? undefined : manifest?.nodes[asset.origin.uniqueId]
    const promised = promises(node)
    const line = ({ name, type, isNullable }: Column) => {
      const known = type === undefined ? undefined : columnType(type)
      const isNull = isNullable && !promised.has(name.toLowerCase()) && !neverNull.has(`${key} ${name.toLowerCase()}`)
      return `${property(name)}: ${known === undefined ? 'unknown' : isNull ? `${known} | null` : known}`
    }
    const described = (asset?.columns ?? []).map(({ name, type }) => ({ name, type, isNullable: true }))
    const relation = asset?.relation
    const found = relation && inWarehouse.get(placeOf(relation.schema, relation.identifier))
    if (found) lines.set(key, found.map(line))
    else if (node?.contract?.enforced) lines.set(key, described.map(line))
    else lines.set(key, before.get(key) ?? [...described.map(line), openLine])
  }
  return lines
}

const notNull: readonly unknown[] = ['not_null', 'primary_key']

/** Columns of which a contract says that they are never null. */
function promises(node: ManifestNode | undefined): ReadonlySet<string> {
  if (!node?.contract?.enforced) return new Set()
  return new Set(
    Object.values(node.columns)
      .filter(({ constraints }) => constraints?.some(({ type }) => notNull.includes(type)))
      .map(({ name }) => name.toLowerCase()),
  )
}

/** Columns with a test that lets nothing go on which has a null there. */
function columnsWithoutNull(
  { checks }: Pick<Definitions, 'checks'>,
  manifest: Manifest | undefined,
): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { asset, column, isBlocking, origin } of checks) {
    const test = manifest?.nodes[origin?.uniqueId ?? '']
    const isWhole = test?.test_metadata?.name === 'not_null' && !test.config.where
    if (column !== undefined && isBlocking && isWhole) found.add(`${asset} ${column.toLowerCase()}`)
  }
  return found
}

/** What the warehouse has, by schema and table. */
export async function warehouseColumns(warehouse: Warehouse): Promise<ReadonlyMap<string, readonly Column[]>> {
  const columns = warehouse.columnsOfSchemas
    ? await warehouse.columnsOfSchemas({ schemas: await warehouse.listSchemas() })
    : await informationSchema(warehouse)
  const found = new Map<string, Column[]>()
  for (const { schema, relation, ...column } of columns) {
    const place = placeOf(schema, relation)
    const known = found.get(place)
    if (known) known.push(column)
    else found.set(place, [column])
  }
  return found
}

async function informationSchema(warehouse: Warehouse): Promise<Omit<SchemaColumn, 'database'>[]> {
  // By their places: how the names of a result are written is each engine's own affair.
  const { rows } = await withConnection(warehouse, (connection) =>
    connection.query(
      `select table_schema, table_name, column_name, data_type, is_nullable from information_schema.columns
       where table_catalog = current_database() order by table_schema, table_name, ordinal_position`,
    ),
  )
  return rows.map(([schema, relation, name, type, isNullable]) => ({
    schema: String(schema),
    relation: String(relation),
    name: String(name),
    type: String(type),
    isNullable: String(isNullable) !== 'NO',
  }))
}
