import { inTransaction, rowObjects, type Warehouse, withConnection } from '../../../warehouse/index.js'
import { connectionStreams, maxNameBytes } from '../../connections/schema/streams.js'
import type { Connection } from '../../contract.js'
import { asLoaded, loadedNames } from '../../fields/loaded-names.js'
import type { StateRow } from '../../loading/state/state-rows.js'
import { loadStates, modeOf, prepareSchemas, stateRelation } from '../../loading/state/state-table.js'

/** What became of a state that was brought from elsewhere. */
export interface PutState {
  readonly stream: string
  /** `kept`: a sync went on from another one meanwhile, and that is what counts. */
  readonly status: 'put' | 'unchanged' | 'kept'
}

/** A state that another program read up to, as the table of states has it. No sync of ours has written it: its `sync_id` is 0. */
export type BroughtState = Omit<StateRow, 'sync_id' | 'updated_at'>

/** The name under which a state is kept that all streams of a connection share. */
export const sharedStream = ''

/** How far another program has read a stream. */
export interface ReadUpTo {
  readonly stream: string
  /** JSON as the connector takes it; undefined for a stream that goes on without one: its rows are added all the same. */
  readonly state: string | undefined
  /** Of the rows that are in its table. */
  readonly generationId: number
}

/** States as the table of states has them, with how the connection reads its streams: a state goes on only under the same settings. */
export function broughtStates(connection: Connection, readUpTo: readonly ReadUpTo[]): BroughtState[] {
  const streams = new Map(connectionStreams(connection).map((stream) => [stream.name, stream]))
  return readUpTo.map(({ stream: name, state = null, generationId }) => {
    const stream = streams.get(name)
    const loaded = stream && asLoaded(stream, loadedNames(stream, maxNameBytes))
    const mode = loaded ? JSON.stringify(modeOf(loaded)) : null
    return { stream: name, state, mode, accepted: null, names: null, generation_id: generationId }
  })
}

/**
 * Brings states of another program into the table of states, all of them or none, so that the next sync goes on from there. What a sync
 * of ours has written is never set back: rows would come twice.
 * @throws DESTINATION_WRITE_FAILED and what the warehouse refuses
 */
export async function putStates(
  warehouse: Warehouse,
  connection: string,
  states: readonly BroughtState[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<PutState[]> {
  await prepareSchemas(warehouse, [])
  return withConnection(
    warehouse,
    (session) =>
      inTransaction(session, async () => {
        const there = await readRows(session, connection)
        // What all streams share goes with the rows of all of them.
        const isShared = states.some(({ stream }) => stream === sharedStream)
        const isGoing = [...there.values()].some(({ syncId }) => syncId > 0)
        const put = states.map((state): PutState => {
          const row = there.get(state.stream)
          return { stream: state.stream, status: isShared && isGoing ? 'kept' : statusOf(state, row) }
        })
        const written = states.filter((_, i) => put[i]?.status === 'put')
        for (const { stream } of written)
          await session.query(`delete from ${stateRelation} where connection = $1 and stream = $2`, {
            params: [connection, stream],
          })
        const updated_at = new Date().toISOString()
        await loadStates(
          session,
          connection,
          written.map((state) => ({ ...state, sync_id: 0, updated_at })),
        )
        return put
      }),
    options,
  )
}

interface Row {
  readonly state: string | null
  readonly mode: string | null
  readonly syncId: number
}

async function readRows(
  session: Parameters<typeof loadStates>[0],
  connection: string,
): Promise<ReadonlyMap<string, Row>> {
  const result = await session.query(
    `select stream, state, mode, sync_id from ${stateRelation} where connection = $1`,
    {
      params: [connection],
    },
  )
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  return new Map(
    rowObjects(result).map((row) => [
      String(row.stream),
      { state: text(row.state), mode: text(row.mode), syncId: Number(row.sync_id) },
    ]),
  )
}

function statusOf({ state, mode }: BroughtState, there: Row | undefined): PutState['status'] {
  if (!there) return 'put'
  if (there.syncId > 0) return 'kept'
  return isSameJson(there.state, state) && isSameJson(there.mode, mode) ? 'unchanged' : 'put'
}

/** Some warehouses write JSON with other blanks. */
const isSameJson = (a: string | null, b: string | null) =>
  a === b || (a !== null && b !== null && JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b)))
