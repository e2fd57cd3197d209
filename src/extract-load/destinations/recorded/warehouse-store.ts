import { rowObjects, type Warehouse, type WarehouseConnection, withConnection } from '../../../warehouse/index.js'
import { makeSchemas } from '../../loading/state/state-table.js'
import { type RecordStore, StoreConflict } from './record-store.js'

const table = { schema: '_millrace', identifier: 'destination_records' }
const relation = `${table.schema}.${table.identifier}`

/** Records as rows of a table of the project's warehouse, for destinations that cannot keep them beside the data. */
export function warehouseStore(warehouse: Warehouse): RecordStore {
  /** Each text as it was read or written last; undefined: there was none. */
  const seen = new Map<string, string | undefined>()
  return {
    place: relation,
    async readText(name) {
      const text = await readText(warehouse, name)
      seen.set(name, text)
      return text
    },
    async writeText(name, text) {
      await withConnection(warehouse, async (connection) => {
        await prepare(warehouse, connection)
        const { rows } = await connection.query(
          `insert into ${relation} as existing (name, record, updated_at) values ($1, $2, now())
           on conflict (name) do update set record = excluded.record, updated_at = excluded.updated_at where existing.record = $3
           returning name`,
          { params: [name, text, seen.get(name) ?? ''] },
        )
        if (rows.length === 0) throw new StoreConflict(name)
      })
      seen.set(name, text)
    },
    // Nothing of a table goes when its owner dies.
    canLock: false,
    lock: async () => async () => {},
  }
}

/** What is there takes no rights to be made. */
async function prepare(warehouse: Warehouse, connection: WarehouseConnection): Promise<void> {
  if ((await warehouse.columns(table)).length > 0) return
  await makeSchemas(connection, [table.schema])
  await connection.query(
    `create table if not exists ${relation} (name varchar primary key, record varchar not null, updated_at timestamp with time zone not null)`,
  )
}

async function readText(warehouse: Warehouse, name: string): Promise<string | undefined> {
  if ((await warehouse.columns(table)).length === 0) return undefined
  return withConnection(warehouse, async (connection) => {
    const result = await connection.query(`select record from ${relation} where name = $1`, { params: [name] })
    const record = rowObjects(result)[0]?.record
    return typeof record === 'string' ? record : undefined
  })
}
