import { destinationOf } from '../../connectors/registry.js'
import type { DiscoveredStream } from '../../contract.js'
import type { OpenOptions } from '../../destinations/destination.js'
import { fieldChanges } from '../../fields/field-changes.js'
import type { OfferedField } from '../../fields/offered-field.js'
import { isOfSource, isSelected } from '../../fields/selection.js'
import { forgetAccepted } from '../../loading/state/state-table.js'
import { declaredColumns } from '../../protocol/declared-types.js'
import { committedStates } from '../state/sync-state.js'

/** What each stream's source had when a sync last took it, by the names of the streams; of those that no sync took nothing. */
async function readAccepted(options: OpenOptions): Promise<ReadonlyMap<string, readonly OfferedField[]>> {
  const states = await committedStates(options)
  return new Map(states.flatMap(({ stream, accepted }) => (accepted ? [[stream, accepted] as const] : [])))
}

/** The streams of a source, each with what changed since a sync last took its fields. */
export async function withSchemaChanges(
  options: OpenOptions,
  streams: readonly DiscoveredStream[],
): Promise<readonly DiscoveredStream[]> {
  const accepted = await readAccepted(options)
  return streams.map((stream) => {
    const before = accepted.get(stream.name)
    if (!before) return stream
    const offered = declaredColumns(stream.jsonSchema).map(({ key, type }) => ({ name: key, type }))
    const settings = options.connection.streams.find(({ name }) => name === stream.name) ?? {}
    const changes = fieldChanges(before, offered)
    return { ...stream, changes: changes.filter(({ column }) => isSelected(settings, column) && !isOfSource(column)) }
  })
}

/**
 * Lets the next sync take the fields of these streams as the source has them then, whatever changed.
 * @returns the streams of which a sync had noted the fields
 */
export async function acceptSchema(options: OpenOptions, streams: readonly string[]): Promise<readonly string[]> {
  const { connection, warehouse } = options
  const known = await readAccepted(options)
  const accepted = streams.filter((stream) => known.has(stream))
  if (accepted.length === 0) return []
  const { forgetAccepted: own } = destinationOf(connection.destination.connector)
  await (own ? own(options, accepted) : forgetAccepted(warehouse, connection.name, accepted))
  return accepted
}
