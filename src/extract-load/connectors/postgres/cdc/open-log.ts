import type { MillraceError } from '../../../../base/index.js'
import { quoteIdentifier } from '../../../../sql/index.js'
import { extractLoadErrors } from '../../../errors.js'
import { startAfterGap } from '../../../table-source/replication-settings.js'
import type { CdcLog, CdcPosition, CdcStart, ConnectorContext } from '../../connector.js'
import { type CdcSettings, cdcOf } from '../config.js'
import { SourceSession } from '../session.js'
import { sourceError } from '../source-error.js'
import { originOf, streamName, tableOf } from '../streams.js'
import { cdcColumns } from './change-rows.js'
import { checkServer, ensureSlot, notReady, type Server, type Slot, transactionsEnded } from './database-log.js'
import { parseLsn } from './lsn.js'
import { ensurePublication } from './publication.js'
import { ReadLog } from './read-log.js'
import { readCdcState } from './state.js'
import { canBeFollowed, readIdentities, type TableIdentity, unloggedChange } from './table-identity.js'

/** Makes publication and slot ready, and looks which streams the log can be read for. @throws CDC_NOT_READY */
export async function openLog(context: ConnectorContext, positions: readonly CdcPosition[]): Promise<CdcLog> {
  const session = await SourceSession.open(context)
  const { client, config } = session
  try {
    const settings = cdcOf(config) as CdcSettings
    const server = await checkServer(client)
    const names = positions.map(({ stream }) => originOf(config, stream.name)?.name ?? stream.name)
    const tables = await readIdentities(client, config.schemas, names)
    const identities = new Map(tables.map((table) => [streamName(config, table), table]))
    const starts = new Map<string, CdcStart>()
    const refuse = (name: string, error: unknown) => starts.set(name, { type: 'refused', error })
    for (const { stream } of positions) {
      const error = await whyNot(session, context, stream, identities.get(stream.name))
      if (error) refuse(stream.name, error)
    }
    const isFollowed = ({ stream }: CdcPosition) => !starts.has(stream.name)
    const wanted = positions.filter(isFollowed).map(({ stream }) => identities.get(stream.name) as TableIdentity)
    const published = await ensurePublication(client, settings, wanted)
    for (const [table, error] of published.refused) refuse(streamName(config, table), error)
    const followed = positions.filter(isFollowed)
    // Nobody would read it, and the server would keep its log for it.
    const slot = followed.length === 0 ? undefined : await ensureSlot(client, settings, published.wasCreated)
    // What they did to a table before it was published is not in the log, and what they did is not in a snapshot yet.
    if (slot && !slot.wasCreated && published.added.size > 0) await transactionsEnded(client, context.signal)
    for (const position of followed) {
      const table = identities.get(position.stream.name) as TableIdentity
      const isAdded = published.added.has(table)
      const start = slot && startOf(position, table, { settings, slot, server, isAdded })
      if (start) starts.set(position.stream.name, start)
    }
    return new ReadLog(session, { context, settings, starts, system: server.system, slot, identities })
  } catch (error) {
    await session.end()
    throw sourceError(error, config)
  }
}

const ownNames = /^_airbyte_(raw_id|extracted_at|meta|generation_id)$/i

/** Why a stream's table cannot be followed in the log at all. */
async function whyNot(
  { client, config }: SourceSession,
  context: ConnectorContext,
  { name, destinationSyncMode, primaryKey = [] }: CdcPosition['stream'],
  table: TableIdentity | undefined,
): Promise<unknown> {
  if (!table) return tableOf(client, config, name, context).then(undefined, (error: unknown) => error)
  const relation = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
  if (!canBeFollowed(table)) return notFollowed(name, relation, table)
  const columns = table.columns.map(([, column]) => column.toLowerCase())
  const reserved = table.columns.find(
    ([, column]) => ownNames.test(column) || cdcColumns.some((own) => own.name === column.toLowerCase()),
  )
  if (reserved)
    return extractLoadErrors.create('SOURCE_COLUMN_RESERVED', {
      message: `${relation} has a column \`${reserved[1]}\`, which is the name of one that every table of changes has.`,
      hint: 'Rename it in the source, or leave it out of the publication and of `fields`.',
    })
  const known = table.isWholeRow ? columns : table.identity.map((column) => column.toLowerCase())
  const foreign = primaryKey.map((path) => path.join('.')).filter((key) => !known.includes(key.toLowerCase()))
  if (!destinationSyncMode.endsWith('dedup') || foreign.length === 0) return undefined
  return notReady(
    `The stream \`${name}\` is deduplicated by \`${foreign.join(', ')}\`, which the log does not have of rows that were deleted.`,
    table.isWholeRow
      ? `Set \`primary_key\` to columns of the table: ${table.columns.map(([, column]) => column).join(', ')}.`
      : `Set \`primary_key\` to ${table.identity.join(', ')}, or run: alter table ${relation} replica identity full;`,
  )
}

function notFollowed(name: string, relation: string, table: TableIdentity): MillraceError {
  const whole = 'Set `sync_mode: full_refresh` for the stream, or leave it out.'
  if (!table.isTable) return notReady(`\`${name}\` is no table: views and foreign tables have no log.`, whole)
  if (!table.isLogged) return notReady(`The table \`${name}\` is unlogged: nothing of it is in the log.`, whole)
  if (table.hasChildren)
    return notReady(
      `Other tables inherit from \`${name}\`: their rows are read with it, but the log has them under their own names.`,
      `Read those tables as streams of their own. ${whole}`,
    )
  return notReady(
    `The table \`${name}\` has no primary key that holds at once: the log would not say which row was changed or deleted, and the server would refuse to change rows of it.`,
    table.isPartitioned
      ? `Give it a primary key, or run for each of its partitions: alter table … replica identity full; ${whole}`
      : `Give it a primary key, or run: alter table ${relation} replica identity full; ${whole}`,
  )
}

interface Situation {
  readonly settings: CdcSettings
  readonly slot: Slot
  readonly server: Server
  /** The publication did not have the table until now. */
  readonly isAdded: boolean
}

function startOf(
  { stream, state: given }: CdcPosition,
  table: TableIdentity,
  { settings, slot, server, isAdded }: Situation,
): CdcStart | undefined {
  const state = readCdcState(given)
  if (!state) return { type: 'snapshot', why: '' }
  if (isAdded)
    return { type: 'snapshot', why: `the publication \`${settings.publication}\` did not have the table meanwhile` }
  const gap = gapAfter(parseLsn(state.lsn), state.system, { settings, slot, server })
  if (gap !== undefined) return startAfterGap(stream.name, gap, settings)
  const why = unloggedChange(state.table, table)
  return why === undefined ? undefined : { type: 'snapshot', why: `${why}, of which the log does not tell` }
}

/** Why the log no longer has everything after a place. */
function gapAfter(lsn: bigint, system: string, { settings, slot, server }: Omit<Situation, 'isAdded'>) {
  const name = `the replication slot \`${settings.replication_slot}\``
  if (system !== server.system) return 'it was read from another server'
  if (lsn > server.end) return 'the server was set back to an earlier time, or is a copy of the one that was read'
  if (slot.wasCreated) return `${name} was gone`
  return lsn < slot.confirmed ? `${name} was moved on, by somebody else or while the stream was not read` : undefined
}
