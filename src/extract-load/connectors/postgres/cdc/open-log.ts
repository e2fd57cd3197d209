import type { MillraceError } from '../../../../base/index.js'
import { extractLoadErrors } from '../../../errors.js'
import type { CdcLog, CdcPosition, CdcStart, ConnectorContext } from '../../connector.js'
import { type CdcSettings, cdcOf } from '../config.js'
import { SourceSession } from '../session.js'
import { sourceError } from '../source-error.js'
import { streamName, tableOf } from '../streams.js'
import { checkServer, ensurePublication, ensureSlot, notReady, type Slot } from './database-log.js'
import { parseLsn } from './lsn.js'
import { ReadLog } from './read-log.js'
import { readCdcState } from './state.js'
import { readIdentities, type TableIdentity, unloggedChange } from './table-identity.js'

/** Makes publication and slot ready, and looks which streams the log can be read for. @throws CDC_NOT_READY */
export async function openLog(context: ConnectorContext, positions: readonly CdcPosition[]): Promise<CdcLog> {
  const session = await SourceSession.open(context)
  try {
    const settings = cdcOf(session.config) as CdcSettings
    const { system } = await checkServer(session.client)
    const identities = new Map(
      (await readIdentities(session.client, session.config.schemas)).map((table) => [
        streamName(session.config, table),
        table,
      ]),
    )
    const starts = new Map<string, CdcStart>()
    for (const { stream } of positions) {
      const error = await whyNot(session, context, stream, identities.get(stream.name))
      if (error) starts.set(stream.name, { type: 'refused', error })
    }
    const followed = positions.filter(({ stream }) => !starts.has(stream.name))
    const tables = followed.map(({ stream }) => identities.get(stream.name) as TableIdentity)
    if (tables.length > 0) await ensurePublication(session.client, settings, tables)
    const slot = await ensureSlot(session.client, settings)
    for (const position of followed) {
      const start = startOf(position, identities.get(position.stream.name) as TableIdentity, { settings, slot, system })
      if (start) starts.set(position.stream.name, start)
    }
    return new ReadLog(session, { context, settings, starts, system, identities })
  } catch (error) {
    await session.end()
    throw sourceError(error, session.config)
  }
}

/** Why a stream's table cannot be followed in the log at all. */
async function whyNot(
  { client, config }: SourceSession,
  context: ConnectorContext,
  { name, destinationSyncMode, primaryKey = [] }: CdcPosition['stream'],
  table: TableIdentity | undefined,
): Promise<unknown> {
  if (!table) return tableOf(client, config, name, context).then(undefined, (error: unknown) => error)
  const whole = 'Set `sync_mode: full_refresh` for the stream, or leave it out.'
  if (!table.isTable) return notReady(`\`${name}\` is no table: views and foreign tables have no log.`, whole)
  if (!table.isWholeRow && table.identity.length === 0)
    return notReady(
      `The table \`${name}\` has no primary key: the log would not say which row was changed or deleted, and the server would refuse to change rows of it.`,
      `Give it a primary key, or run: alter table ${table.schema}.${table.name} replica identity full. ${whole}`,
    )
  const foreign = primaryKey.map((path) => path.join('.')).filter((key) => !table.identity.includes(key))
  if (destinationSyncMode.endsWith('dedup') && !table.isWholeRow && foreign.length > 0)
    return notReady(
      `The stream \`${name}\` is deduplicated by \`${foreign.join(', ')}\`, which the log does not have of rows that were deleted.`,
      `Set \`primary_key\` to ${table.identity.join(', ')}, or run: alter table ${table.schema}.${table.name} replica identity full.`,
    )
  return undefined
}

interface Situation {
  readonly settings: CdcSettings
  readonly slot: Slot
  readonly system: string
}

function startOf(
  { stream, state: given }: CdcPosition,
  table: TableIdentity,
  { settings, slot, system }: Situation,
): CdcStart | undefined {
  const state = readCdcState(given)
  if (!state) return { type: 'snapshot', why: '' }
  const gap =
    state.system !== system
      ? 'it was read from another server, or from a copy of this one'
      : parseLsn(state.lsn) < slot.confirmed
        ? slot.wasCreated
          ? `the replication slot \`${settings.replication_slot}\` was gone`
          : `the replication slot \`${settings.replication_slot}\` was moved on by somebody else`
        : undefined
  if (gap !== undefined)
    return settings.invalid_cdc_cursor_position_behavior === 'Re-sync data'
      ? { type: 'snapshot', why: `what changed since the last sync is lost, because ${gap}` }
      : { type: 'refused', error: positionLost(stream.name, gap) }
  const why = unloggedChange(state.table, table)
  return why === undefined ? undefined : { type: 'snapshot', why: `${why}, of which the log does not tell` }
}

const positionLost = (stream: string, gap: string): MillraceError =>
  extractLoadErrors.create('CDC_POSITION_LOST', {
    message: `What changed in \`${stream}\` since the last sync is lost: ${gap}.`,
    hint: 'Read it anew with --full-refresh (the old table stays until the new one is there), or set `invalid_cdc_cursor_position_behavior: Re-sync data` to have that done at once.',
  })
