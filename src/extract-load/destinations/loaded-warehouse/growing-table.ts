import type { WarehouseConnection } from '../../../warehouse/index.js'
import type { GrowingTable } from '../../loading/rows/growing-table.js'
import { columnNamed, type TableColumn } from '../../loading/rows/table-shape.js'
import type { LoadDialect } from './load-dialect.js'

/** Makes a table anew of its own rows, of the kind that it is. @param selected its columns, with the SQL of each */
export async function rebuild(
  connection: WarehouseConnection,
  dialect: LoadDialect,
  relation: string,
  selected: readonly { readonly name: string; readonly sql: string }[],
): Promise<void> {
  const kind = await dialect.kindOfTable?.(connection, relation)
  await connection.query(dialect.rebuilt(relation, selected, kind))
}

/**
 * A table of the warehouse that takes new columns and wider types. Where the engine calls both types the same nothing is done; otherwise
 * the table is made anew of its own rows, which readers find there at any time.
 * @param relation as SQL has it @param columns that it has now
 */
export function loadedTable(
  connection: WarehouseConnection,
  dialect: LoadDialect,
  relation: string,
  columns: readonly TableColumn[],
): GrowingTable {
  let current = [...columns]
  return {
    async countValues(asked) {
      const counts = asked.map(({ name }, i) => `count(${dialect.quote(name)}) as c${i}`).join(', ')
      const { rows } = await connection.query(`select ${counts} from ${relation}`)
      return asked.map((_, i) => Number(rows[0]?.[i]))
    },
    async addColumn(column) {
      await connection.query(
        `alter table ${relation} add column ${dialect.quote(column.name)} ${dialect.typeOf(column)}`,
      )
      current.push(column)
    },
    async setType(column, isEmpty) {
      const old = columnNamed(current, column.name) as TableColumn
      const before = current
      current = current.map((one) => (one === old ? column : one))
      if (dialect.typeOf(old) === dialect.typeOf(column)) return
      const selected = before.map((one) => {
        const value = dialect.quote(one.name)
        if (one !== old) return { name: value, sql: value }
        return {
          name: value,
          sql: isEmpty ? `cast(null as ${dialect.typeOf(column)})` : dialect.converted(value, old, column),
        }
      })
      await rebuild(connection, dialect, relation, selected)
    },
    async fitsDouble(column) {
      const value = dialect.quote(column.name)
      const float = { name: column.name, type: 'DOUBLE', kind: 'float' } as const
      const back = dialect.converted(dialect.converted(value, column, float), float, column)
      const { rows } = await connection.query(`select count(*) as n from ${relation} where ${back} <> ${value}`)
      return Number(rows[0]?.[0]) === 0
    },
  }
}
