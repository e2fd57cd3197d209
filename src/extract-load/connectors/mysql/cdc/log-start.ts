import type { LogStart } from './binlog-dump.js'
import type { FollowedStream } from './followed-stream.js'
import type { Gtids } from './gtids.js'
import { comparePositions, type LogPosition } from './log-position.js'
import { LogProgress } from './log-progress.js'

/** The place of who does not know it yet. */
export const nowhere: LogPosition = { file: '', pos: 0 }

/** Whether the log must be read by the numbers of transactions, because some stream was read from another server. */
export const goesByGtid = (streams: readonly FollowedStream[]) => streams.some(({ from }) => from === undefined)

/**
 * Where all streams can be read from: the first of their places, or behind the transactions that all of them have. Tells each what of that it has.
 * @param isNumbered whether the server numbers its transactions
 */
export function startOf(
  streams: readonly FollowedStream[],
  isNumbered: boolean,
): { readonly start: LogStart; readonly progress: LogProgress } {
  if (goesByGtid(streams)) {
    const common = streams.map(({ gtids }) => gtids as Gtids).reduce((a, b) => a.common(b))
    for (const stream of streams) stream.hasRead = stream.gtids?.readFrom(common)
    return {
      start: common,
      progress: new LogProgress({ position: nowhere, file: undefined, gtids: common }, isNumbered),
    }
  }
  for (const stream of streams) stream.hasRead = stream.gtids?.readFrom(stream.gtids)
  const placeOf = ({ from }: FollowedStream) => from as LogPosition
  const { from, state, gtids } = streams.reduce((a, b) => (comparePositions(placeOf(b), placeOf(a)) < 0 ? b : a))
  const start = from as LogPosition
  const file = { name: start.file, serverId: state.log.server_id, createdAt: state.log.created_at, isFirst: false }
  return { start, progress: new LogProgress({ position: start, file, gtids }, isNumbered) }
}
