import { quoteIdentifier } from '../../../sql/index.js'
import type { WarehouseConnection } from '../../../warehouse/index.js'
import { countValues } from '../../loading/rows/counts.js'
import type { GrowingTable } from '../../loading/rows/growing-table.js'
import { postgresType } from './types.js'

/** @param relation as SQL has it */
export function postgresTable(connection: WarehouseConnection, relation: string): GrowingTable {
  return {
    countValues: (columns) => countValues(connection, relation, columns),
    async addColumn(column) {
      await connection.query(
        `alter table ${relation} add column ${quoteIdentifier(column.name)} ${postgresType(column)}`,
      )
    },
    async setType(column, isEmpty) {
      const name = quoteIdentifier(column.name)
      const type = postgresType(column)
      const using = `${isEmpty ? 'null' : name}::${type}`
      await connection.query(`alter table ${relation} alter column ${name} type ${type} using ${using}`)
    },
    async fitsDouble({ name }) {
      const value = quoteIdentifier(name)
      // By its text: a cast to numeric keeps 15 digits only.
      const { rows } = await connection.query(
        `select count(*) from ${relation} where ${value}::numeric <> ${value}::double precision::text::numeric`,
      )
      return Number(rows[0]?.[0]) === 0
    },
  }
}
