import type { ConnectionStream } from '../../contract.js'
import type { Destination, DestinationSession } from '../../destinations/destination.js'
import { asLoaded, loadedNames } from '../../fields/loaded-names.js'
import { readStream, type SchemaSituation } from '../../loading/request/judge-schema.js'
import { readState, type StreamState } from '../../loading/state/state-table.js'
import type { SyncOptions } from '../../sync-contract.js'
import { selectsMore } from './backfill.js'
import { planPartitions, planStream, type StreamPlan } from './plan-stream.js'

/** A stream of a sync, with what the last sync left of it and what this one makes of that. */
export interface PlannedStream {
  /** As configured. */
  readonly stream: ConnectionStream
  readonly previous: StreamState
  readonly plan: StreamPlan
  /** What the source's fields are judged by. */
  readonly situation: SchemaSituation
}

interface PlanOptions extends Pick<SyncOptions, 'connection' | 'fullRefresh' | 'resumesFullRefresh' | 'onEvent'> {
  /** Only some partitions are to be loaded. */
  readonly loadsPartitions?: boolean
  /** Whether a load that was broken off can go on, as far as the destination is concerned. */
  readonly canResume?: (previous: StreamState) => Promise<boolean>
}

/** Looks up how a stream and its table were left. @throws what planning throws */
export async function planSync(
  destination: Destination,
  session: DestinationSession,
  stream: ConnectionStream,
  { connection, fullRefresh = false, resumesFullRefresh = false, loadsPartitions, onEvent, canResume }: PlanOptions,
): Promise<PlannedStream> {
  const previous = await readState(session.tables, connection.name, stream.name)
  const table = await session.columns(stream)
  const nameOf = loadedNames(stream, destination.maxNameBytes, previous.names)
  const situation: SchemaSituation = {
    connection,
    stream,
    table,
    nameOf,
    accepted: previous.accepted,
    onIgnored: (message) => onEvent({ type: 'log', level: 'info', message, stream: stream.name }),
  }
  const read = asLoaded(readStream(situation), nameOf)
  if (loadsPartitions)
    return { stream, previous, plan: planPartitions(read, previous, { table, connection }), situation }
  const plan = planStream(read, previous, {
    table,
    fullRefresh,
    resumesFullRefresh,
    connection,
    fills: selectsMore(situation, previous.mode),
    canResume: (await canResume?.(previous)) ?? false,
  })
  return { stream, previous, plan, situation }
}
