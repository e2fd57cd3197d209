import type { WarehouseConnection } from '../../../warehouse/index.js'
import { committedMeanwhile, modeOf, type NotedReach, type StreamState, stateRelation } from '../state/state-table.js'
import type { LoadRequest } from './load-request.js'

/**
 * Part of the transaction that commits some partitions of a stream. How far it was read, and as what, stays as it is; where its table was
 * not there, that says nothing any more, and the next sync reads it from the start.
 * @throws DESTINATION_WRITE_FAILED when another sync was there meanwhile
 */
export async function writePartitionsLoaded(
  connection: WarehouseConnection,
  { connectionName, stream, previous, replacesTable }: LoadRequest,
  { generationId, syncId, accepted, names }: Pick<StreamState, 'generationId' | 'syncId' | 'accepted' | 'names'>,
): Promise<void> {
  // Rows of before are to get the values of new columns with the next sync, which must find them new.
  const known = stream.fillsNewColumns ? (previous.accepted ?? accepted) : accepted
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value))
  const { rows } = await connection.query(
    `insert into ${stateRelation} as existing (connection, stream, state, mode, generation_id, sync_id, accepted, names, updated_at)
     values ($1, $2, null, $3::json, $4, $5, $6::json, $7::json, now())
     on conflict (connection, stream) do update set ${replacesTable ? 'state = null, reach = null,' : ''} mode = excluded.mode,
       generation_id = excluded.generation_id, sync_id = excluded.sync_id, accepted = excluded.accepted, names = excluded.names,
       updated_at = excluded.updated_at where existing.sync_id = $8
     returning sync_id`,
    {
      params: [
        connectionName,
        stream.name,
        JSON.stringify(previous.mode ?? modeOf(stream)),
        generationId,
        syncId,
        json(known),
        json(names),
        previous.syncId,
      ],
    },
  )
  if (rows.length === 0) throw committedMeanwhile(connectionName, stream.name)
}

/** Notes how far a sync went that had nothing to commit. */
export async function noteReach(
  connection: WarehouseConnection,
  { connectionName, stream }: Pick<LoadRequest, 'connectionName' | 'stream'>,
  reach: NotedReach,
): Promise<void> {
  await connection.query(`update ${stateRelation} set reach = $3::json where connection = $1 and stream = $2`, {
    params: [connectionName, stream.name, JSON.stringify(reach)],
  })
}
