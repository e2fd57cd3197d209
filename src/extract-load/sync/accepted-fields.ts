import { rowObjects, type Warehouse, withConnection } from '../../warehouse/index.js'
import type { Connection, DiscoveredStream } from '../contract.js'
import { fieldChanges } from '../fields/field-changes.js'
import type { OfferedField } from '../fields/offered-field.js'
import { isOfSource, isSelected } from '../fields/selection.js'
import { declaredColumns } from '../protocol/declared-types.js'
import { stateTable } from './state-table.js'

/** What each stream's source had when a sync last took it, by the names of the streams; of those that no sync took nothing. */
async function readAccepted(warehouse: Warehouse, connection: string): Promise<Map<string, readonly OfferedField[]>> {
  const columns = await warehouse.columns(stateTable)
  // No sync ran yet, or none that noted it.
  if (!columns.some(({ name }) => name === 'accepted')) return new Map()
  const result = await withConnection(warehouse, (session) =>
    session.query(
      `select stream, accepted from ${stateTable.schema}.${stateTable.identifier} where connection = $1 and accepted is not null`,
      { params: [connection] },
    ),
  )
  return new Map(
    rowObjects(result).map(({ stream, accepted }) => [
      String(stream),
      JSON.parse(String(accepted)) as readonly OfferedField[],
    ]),
  )
}

/** The streams of a source, each with what changed since a sync last took its fields. */
export async function withSchemaChanges(
  warehouse: Warehouse,
  { name: connection, streams: configured }: Pick<Connection, 'name' | 'streams'>,
  streams: readonly DiscoveredStream[],
): Promise<readonly DiscoveredStream[]> {
  const accepted = await readAccepted(warehouse, connection)
  return streams.map((stream) => {
    const before = accepted.get(stream.name)
    if (!before) return stream
    const offered = declaredColumns(stream.jsonSchema).map(({ key, type }) => ({ name: key, type }))
    const settings = configured.find(({ name }) => name === stream.name) ?? {}
    const changes = fieldChanges(before, offered)
    return { ...stream, changes: changes.filter(({ column }) => isSelected(settings, column) && !isOfSource(column)) }
  })
}

/**
 * Lets the next sync take the fields of these streams as the source has them then, whatever changed.
 * @returns the streams of which a sync had noted the fields
 */
export async function acceptSchema(
  warehouse: Warehouse,
  connection: string,
  streams: readonly string[],
): Promise<readonly string[]> {
  const known = await readAccepted(warehouse, connection)
  const accepted = streams.filter((stream) => known.has(stream))
  for (const stream of accepted)
    await withConnection(warehouse, (session) =>
      session.query(
        `update ${stateTable.schema}.${stateTable.identifier} set accepted = null where connection = $1 and stream = $2`,
        { params: [connection, stream] },
      ),
    )
  return accepted
}
