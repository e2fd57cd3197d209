import {
  type Cell,
  rowObjects,
  type Warehouse,
  type WarehouseConnection,
  withConnection,
} from '../../warehouse/index.js'

/** Sync state lives beside the data, so that one transaction commits both. */
const schema = '_millrace'
const table = `${schema}.stream_state`

export interface StreamState {
  readonly state: unknown
  readonly generationId: number
  readonly syncId: number
}

export async function ensureStateTable(connection: WarehouseConnection): Promise<void> {
  await connection.query(`create schema if not exists ${schema};
    create table if not exists ${table} (
      connection varchar not null, stream varchar not null, state json, generation_id bigint not null,
      sync_id bigint not null, updated_at timestamp with time zone not null, primary key (connection, stream)
    )`)
}

export async function readState(connection: WarehouseConnection, name: string, stream: string): Promise<StreamState> {
  const result = await connection.query(
    `select state, generation_id, sync_id from ${table} where connection = $1 and stream = $2`,
    {
      params: [name, stream],
    },
  )
  const [row] = rowObjects(result)
  return { state: parse(row?.state), generationId: Number(row?.generation_id ?? 0), syncId: Number(row?.sync_id ?? 0) }
}

const parse = (json: Cell | undefined) => (typeof json === 'string' ? (JSON.parse(json) as unknown) : undefined)

/** Part of the transaction that commits the data. */
export async function writeState(
  connection: WarehouseConnection,
  name: string,
  stream: string,
  state: StreamState,
): Promise<void> {
  await connection.query(
    `insert into ${table} values ($1, $2, $3, $4, $5, now())
     on conflict (connection, stream) do update set state = excluded.state, generation_id = excluded.generation_id,
       sync_id = excluded.sync_id, updated_at = excluded.updated_at`,
    {
      params: [
        name,
        stream,
        state.state === undefined ? null : JSON.stringify(state.state),
        state.generationId,
        state.syncId,
      ],
    },
  )
}

/** The committed states of a connection, for people to look at; empty when it was never synced. */
export async function readSyncState(
  warehouse: Warehouse,
  name: string,
): Promise<{ stream: string; state: unknown; updatedAt?: string | undefined }[]> {
  return withConnection(warehouse, async (connection) => {
    const relations = await warehouse.listRelations({ schemas: [schema] })
    if (!relations.some((relation) => relation.identifier === 'stream_state')) return []
    const result = await connection.query(
      `select stream, state, updated_at from ${table} where connection = $1 order by 1`,
      { params: [name] },
    )
    return rowObjects(result).map((row) => ({
      stream: String(row.stream),
      state: parse(row.state),
      updatedAt: String(row.updated_at),
    }))
  })
}
