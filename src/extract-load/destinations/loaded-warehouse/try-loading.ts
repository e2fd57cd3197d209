import { newId } from '../../../base/index.js'
import { type Warehouse, withConnection } from '../../../warehouse/index.js'
import { createTable, type LoadDialect, relationOf } from './load-dialect.js'

/** Whether tables can be made in these schemas: one is made in each, has a row written into it where rows come without a file, and is dropped. @throws what the warehouse refuses */
export async function tryLoading(
  warehouse: Warehouse,
  dialect: LoadDialect,
  schemas: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const there = new Set(await warehouse.listSchemas(options.signal ? { signal: options.signal } : {}))
  await withConnection(
    warehouse,
    async (connection) => {
      for (const schema of new Set(schemas)) {
        const table = `_millrace_check_${newId()}`
        const relation = relationOf(dialect, schema, table)
        const column = { name: 'id', type: 'BIGINT', kind: 'integer' } as const
        // What is there takes no rights to be made.
        if (!there.has(dialect.storedName(schema)))
          await connection.query(`create schema if not exists ${dialect.quote(schema)}`, options)
        await connection.query(createTable(dialect, relation, [column], dialect.tableWords.before), options)
        try {
          await dialect.rows?.write(connection, { rows: oneRow(), schema, table, columns: [column], ...options })
        } finally {
          await connection.query(`drop table if exists ${relation}`)
        }
      }
    },
    options,
  )
}

async function* oneRow() {
  yield [[1]]
}
