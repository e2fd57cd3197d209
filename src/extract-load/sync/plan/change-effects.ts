import { isDeepStrictEqual } from 'node:util'
import { plural } from '../../../base/index.js'
import { connectionStreams, maxNameBytes } from '../../connections/schema/streams.js'
import type { ChangeEffect, Connection, ConnectionStream } from '../../contract.js'
import { asLoaded, loadedNames } from '../../fields/loaded-names.js'
import type { CommittedState } from '../../loading/state/state-rows.js'
import { modeDifference, replaces } from './plan-stream.js'

/**
 * What the next sync will do otherwise once a connection is changed, as far as its data tell: by the same rules as it plans.
 * @param states of before; of a stream that has none nothing was loaded
 */
export function changeEffects(
  before: Connection,
  after: Connection,
  states: readonly CommittedState[],
): readonly ChangeEffect[] {
  const [was, is] = [connectionStreams(before), connectionStreams(after)]
  const of = (name: string) => states.find(({ stream, mode }) => stream === name && mode !== undefined)
  const added = is.filter(({ name }) => !was.some((one) => one.name === name))
  const removed = was.filter(({ name }) => !is.some((one) => one.name === name))
  return [
    ...sourceEffects(before, after, is, states),
    ...removed.map((stream) => removal(stream, of(stream.name))),
    ...is.flatMap((stream) => {
      const former = was.find(({ name }) => name === stream.name)
      const state = of(stream.name)
      if (state) return loadedEffects(stream, former, state)
      return added.includes(stream) ? [addition(stream)] : []
    }),
  ]
}

const placeOf = ({ isInWarehouse, schema, table, location }: ConnectionStream) =>
  isInWarehouse ? `${schema}.${table}` : (location ?? 'its destination')

const addition = (stream: ConnectionStream): ChangeEffect => ({
  stream: stream.name,
  kind: 'add',
  message: `is loaded from the start into ${placeOf(stream)} with the next sync.`,
})

const removal = (stream: ConnectionStream, state: CommittedState | undefined): ChangeEffect => ({
  stream: stream.name,
  kind: 'remove',
  message: state
    ? `is loaded no more. ${placeOf(stream)} stays with its rows, and nobody brings it up to date; switched on again, it goes on where it was.`
    : 'is loaded no more.',
})

/** Of a stream that was loaded before. @param former undefined: it is loaded again, after a while in which it was not */
function loadedEffects(
  configured: ConnectionStream,
  former: ConnectionStream | undefined,
  { mode, names, generationId, isCleared }: CommittedState,
): ChangeEffect[] {
  const stream = asLoaded(configured, loadedNames(configured, maxNameBytes, names))
  const told = (kind: ChangeEffect['kind'], message: string): ChangeEffect => ({ stream: stream.name, kind, message })
  const place = placeOf(stream)
  const next = `generation ${generationId + 1}`
  if (former && placeOf(former) !== place)
    return [
      told(
        'move',
        `goes to ${place} from now on, from the start (${next}). ${placeOf(former)} stays with its rows, and nobody brings it up to date.`,
      ),
    ]
  if (former && isDeepStrictEqual(withoutPlace(former), withoutPlace(configured))) return []
  if (!mode || isCleared)
    return former ? [] : [told('add', `is loaded from the start into ${place} with the next sync.`)]
  if (replaces(stream))
    return replaces(mode)
      ? []
      : [
          told(
            'replace',
            `puts what the source has in the place of ${place} with the next sync (${next}): rows that only the table has are lost then.`,
          ),
        ]
  if (replaces(mode) && stream.syncMode === 'incremental')
    return [
      told(
        'replace',
        `is loaded from the start once more, in the place of ${place} (${next}); after that, what is new.`,
      ),
    ]
  const difference = modeDifference(stream, mode)
  if (difference)
    return [
      told(
        'refresh',
        `needs a full refresh: its \`${difference.setting}\` was ${difference.was || 'none'} and is ${difference.is || 'none'}, and syncs fail until then. The refresh replaces ${place} by ${next}; until it is there, the old rows stay.`,
      ),
    ]
  const columns = columnEffect(stream, mode.fields)
  if (columns !== undefined) return [told('columns', columns)]
  return former ? [] : [told('add', `goes on where it was, in ${place}.`)]
}

const withoutPlace = ({ schema: _, table: __, location: ___, ...others }: ConnectionStream) => others

/** Of rows that are added to those that are there. @param loaded the columns of before, undefined: all */
function columnEffect(
  { fields, fillsNewColumns, syncMode }: ConnectionStream,
  loaded: readonly string[] | undefined,
): string | undefined {
  const gone = fields === undefined ? [] : (loaded ?? []).filter((name) => !fields.includes(name))
  const isLess = gone.length > 0 || (loaded === undefined && fields !== undefined)
  const isMore = loaded !== undefined && (fields === undefined || fields.some((name) => !loaded.includes(name)))
  const words = [
    ...(isLess
      ? [`rows that come have no value in ${gone.length > 0 ? gone.join(', ') : 'the columns that are left out'}`]
      : []),
    ...(isMore && fillsNewColumns && syncMode === 'incremental'
      ? ['it is read from the start, so that all rows have the columns that come']
      : isMore
        ? ['rows that are there have no value in the columns that come, until a full refresh']
        : []),
  ]
  return words.length === 0 ? undefined : `${words.join('; ')}.`
}

/** Whether it still is the same source nobody can tell by its settings. */
function sourceEffects(
  before: Connection,
  after: Connection,
  streams: readonly ConnectionStream[],
  states: readonly CommittedState[],
): ChangeEffect[] {
  if (isDeepStrictEqual(before.source, after.source)) return []
  const going = streams.filter(
    ({ name, syncMode }) =>
      syncMode === 'incremental' && states.some(({ stream, state }) => stream === name && state !== undefined),
  )
  if (going.length === 0) return []
  return [
    {
      kind: 'source',
      message: `${plural(going.length, 'incremental stream')} ${going.length === 1 ? 'goes' : 'go'} on after what was read until now. Where these settings lead to another source, its older rows would be missing: load them from the start then (full refresh).`,
    },
  ]
}
