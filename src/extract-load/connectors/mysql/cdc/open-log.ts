import { systemClock } from '../../../../base/index.js'
import { quoteLiteral } from '../../../../sql/index.js'
import { startAfterGap } from '../../../table-source/replication-settings.js'
import type { CdcLog, CdcPosition, CdcStart, ConnectorContext } from '../../connector.js'
import { type MysqlTable, readTables } from '../catalogue.js'
import { type CdcSettings, cdcOf } from '../config.js'
import { quoteName } from '../quoting.js'
import { SourceSession } from '../session.js'
import { sourceError } from '../source-error.js'
import { tableOf } from '../streams.js'
import { cascadingKeys, hiddenColumns, readTableFacts, type TableFacts } from './followed-tables.js'
import { isReadable } from './log-values.js'
import { LogWays } from './log-ways.js'
import { ReadLog } from './read-log.js'
import { checkServer, logFiles, notReady, serverIdentity } from './server-log.js'
import { readCdcState } from './state.js'

/** Looks whether the server's log can be read, and for which streams from where they are. @throws CDC_NOT_READY */
export async function openLog(context: ConnectorContext, positions: readonly CdcPosition[]): Promise<CdcLog> {
  const session = await SourceSession.open(context)
  try {
    const settings = cdcOf(session.config) as CdcSettings
    await checkServer(session, context)
    const { facts, tables } = await readCatalogue(
      session,
      context,
      positions.map(({ stream }) => stream.name),
    )
    const ways = new LogWays(session, context, await serverIdentity(session), await logFiles(session))
    const starts = new Map<string, CdcStart>()
    const byGtid = new Set<string>()
    for (const { stream, state: given } of positions) {
      const error = await whyNot(session, context, stream, facts.get(stream.name), tables.get(stream.name))
      const state = readCdcState(given)
      if (error) starts.set(stream.name, { type: 'refused', error })
      else if (!state) starts.set(stream.name, { type: 'snapshot', why: '' })
      else {
        const way = await ways.from(state)
        if (way === 'gtid') byGtid.add(stream.name)
        else if (way !== 'place') starts.set(stream.name, startAfterGap(stream.name, way.gap, settings, advice))
      }
    }
    return new ReadLog(session, { context, starts, byGtid, server: ways.server })
  } catch (error) {
    await session.end()
    throw sourceError(error, session.config)
  }
}

/** For MariaDB's catalogue a table that somebody changes at this moment has no key, or is not there: it is asked again. */
async function readCatalogue(session: SourceSession, { signal }: ConnectorContext, names: readonly string[]) {
  for (let attempt = 1; ; attempt++) {
    const facts = new Map((await readTableFacts(session)).map((table) => [table.name, table]))
    const tables = new Map((await readTables(session)).map((table) => [table.name, table]))
    const isSure = names.every((name) => tables.has(name) && facts.get(name)?.hasKey)
    if (isSure || attempt === 3) return { facts, tables }
    await systemClock.sleep(200, { signal })
  }
}

/** Why a stream's table cannot be followed in the log at all. */
async function whyNot(
  session: SourceSession,
  context: ConnectorContext,
  { name, destinationSyncMode, primaryKey = [] }: CdcPosition['stream'],
  facts: TableFacts | undefined,
  table: MysqlTable | undefined,
): Promise<unknown> {
  if (!facts || !table) return tableOf(session, name, context).then(undefined, (error: unknown) => error)
  const whole = 'Set `sync_mode: full_refresh` for the stream, or leave it out.'
  if (!facts.isTable)
    return notReady(`\`${name}\` is no plain table: views and tables with system versions are not followed.`, whole)
  const hidden = await hiddenColumns(session, name)
  if (hidden !== undefined)
    return notReady(
      `The log has all columns of \`${name}\`, of which ${session.config.username} may not read some: ${hidden}`,
      `Let an administrator run: grant select on ${quoteName(session.config.database)}.${quoteName(name)} to ${quoteLiteral(session.config.username)}@'%'; ${whole}`,
    )
  if (!facts.hasKey)
    return notReady(
      `The table \`${name}\` has no primary key: nothing would say which row was changed or deleted.`,
      `Give it a primary key. ${whole}`,
    )
  const packed = table.columns.find((column) => !isReadable(column))
  if (packed)
    return notReady(
      `The column \`${packed.name}\` of \`${name}\` is of a type that cannot be read from the binary log: ${packed.columnType}.`,
      whole,
    )
  const isRefused = (cdcOf(session.config) as CdcSettings).cascading_foreign_keys === 'Refuse'
  const cascades = isRefused ? await cascadingKeys(session, name) : []
  if (cascades.length > 0)
    return notReady(
      `The server deletes or changes rows of \`${name}\` by the foreign key \`${cascades.join(', ')}\`, and does not log that.`,
      `Let the application delete them and make the key \`on delete restrict\`, or set \`cascading_foreign_keys: Ignore\`: such rows then stay in the loaded table. ${whole}`,
    )
  const foreign = primaryKey
    .map((path) => path.join('.'))
    .filter((key) => !table.columns.some((one) => one.name === key))
  if (destinationSyncMode.endsWith('dedup') && foreign.length > 0)
    return notReady(
      `The stream \`${name}\` is deduplicated by \`${foreign.join(', ')}\`, which its table does not have.`,
      `Set \`primary_key\` to ${table.primaryKey.join(', ')}.`,
    )
  return undefined
}

const advice = 'Let the server keep its log longer than syncs are apart: `binlog_expire_logs_seconds`.'
