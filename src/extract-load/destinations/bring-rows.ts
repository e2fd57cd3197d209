import { quoteLiteral } from '../../sql/index.js'
import type { Cell, QueryResult, WarehouseConnection } from '../../warehouse/index.js'

/** Of one statement, which is a text. */
const rowsAtOnce = 1000
const lettersAtOnce = 16 * 1024 * 1024

/**
 * Brings the rows of a query on one connection into a table of another one, piece by piece.
 * @param query answers texts @param values SQL for DuckDB of each column of the table, of the texts `c0`, `c1` and so on
 */
export async function bringRows(
  tables: WarehouseConnection,
  query: string,
  staging: WarehouseConnection,
  { into, values }: { readonly into: string; readonly values: readonly string[] },
): Promise<void> {
  const names = values.map((_, i) => `c${i}`).join(', ')
  let tuples: string[] = []
  let letters = 0
  const insert = async () => {
    if (tuples.length === 0) return
    await staging.query(
      `insert into ${into} select ${values.join(', ')} from (values ${tuples.join(', ')}) v(${names})`,
    )
    tuples = []
    letters = 0
  }
  for await (const { rows } of tables.stream?.(query) ?? whole(tables, query))
    for (const row of rows) {
      const tuple = `(${row.map(literal).join(', ')})`
      tuples.push(tuple)
      letters += tuple.length
      if (tuples.length >= rowsAtOnce || letters >= lettersAtOnce) await insert()
    }
  await insert()
}

const literal = (cell: Cell) => (cell === null ? 'null::varchar' : quoteLiteral(String(cell)))

async function* whole(connection: WarehouseConnection, query: string): AsyncGenerator<QueryResult> {
  yield await connection.query(query)
}
