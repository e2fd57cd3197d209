import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { countValues } from './counts.js'
import { isExactAsDouble } from './exact-cast.js'
import { metaColumns, type TableColumn } from './table-shape.js'

/** A table that takes new columns and wider types, in whatever engine it is. Types are DuckDB's. */
export interface GrowingTable {
  /** How many values each of these columns has. */
  countValues(columns: readonly TableColumn[]): Promise<readonly number[]>
  addColumn(column: TableColumn): Promise<void>
  /** @param isEmpty it has no value, so that every type can be had */
  setType(column: TableColumn, isEmpty: boolean): Promise<void>
  /** Whether every value of a column of exact numbers is one that a DOUBLE holds. */
  fitsDouble(column: TableColumn): Promise<boolean>
}

/** Airbyte's columns, which somebody may have dropped by hand; the rows that are there have none then. */
export async function restoreMetaColumns(table: GrowingTable, columns: readonly TableColumn[]): Promise<void> {
  const names = new Set(columns.map(({ name }) => name.toLowerCase()))
  for (const column of metaColumns) if (!names.has(column.name)) await table.addColumn(column)
}

/** @param relation as SQL has it */
export function duckDbTable(connection: WarehouseConnection, relation: string): GrowingTable {
  return {
    countValues: (columns) => countValues(connection, relation, columns),
    async addColumn({ name, type }) {
      await connection.query(`alter table ${relation} add column ${quoteIdentifier(name)} ${type}`)
    },
    async setType({ name, type }, isEmpty) {
      const using = isEmpty ? `using null::${type}` : ''
      await connection.query(`alter table ${relation} alter column ${quoteIdentifier(name)} type ${type} ${using}`)
    },
    async fitsDouble(column) {
      const { rows } = await connection.query(
        `select 1 from ${relation} where not ${isExactAsDouble(quoteIdentifier(column.name), column)} limit 1`,
      )
      return rows.length === 0
    },
  }
}
