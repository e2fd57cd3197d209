import { systemClock } from '../../../../base/index.js'
import { startAfterGap } from '../../../table-source/replication-settings.js'
import type { CdcLog, CdcPosition, CdcStart, ConnectorContext } from '../../connector.js'
import { type MysqlTable, readTables } from '../catalogue.js'
import { type CdcSettings, cdcOf } from '../config.js'
import { SourceSession } from '../session.js'
import { sourceError } from '../source-error.js'
import { tableOf } from '../streams.js'
import type { LogFile } from './binlog-events.js'
import { cascadingKeys, readTableFacts, type TableFacts } from './followed-tables.js'
import { isReadable } from './log-values.js'
import { ReadLog } from './read-log.js'
import { checkServer, logFile, logFiles, notReady } from './server-log.js'
import { type CdcState, readCdcState } from './state.js'

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
    const files = await logFiles(session)
    const known = new Map<string, LogFile>()
    const starts = new Map<string, CdcStart>()
    for (const { stream, state: given } of positions) {
      const error = await whyNot(session, context, stream, facts.get(stream.name), tables.get(stream.name))
      const state = readCdcState(given)
      if (error) starts.set(stream.name, { type: 'refused', error })
      else if (!state) starts.set(stream.name, { type: 'snapshot', why: '' })
      else {
        const gap = await gapBefore(context, state, files, known)
        if (gap !== undefined) starts.set(stream.name, startAfterGap(stream.name, gap, settings, advice))
      }
    }
    return new ReadLog(session, { context, starts })
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

/** Why the log cannot be read on from where a stream is. @param known files that were looked at */
async function gapBefore(
  context: ConnectorContext,
  { file, pos, log }: CdcState,
  files: ReadonlyMap<string, number>,
  known: Map<string, LogFile>,
): Promise<string | undefined> {
  const size = files.get(file)
  if (size === undefined) return `the server no longer has the file \`${file}\` of its binary log`
  const found = known.get(file) ?? (await logFile(context, { file }))
  known.set(file, found)
  if (found.serverId !== log.server_id || found.createdAt !== log.created_at)
    return `the file \`${file}\` is of another binary log: the log was reset, or the server is another one`
  return size < pos ? `the file \`${file}\` of the binary log is shorter than it was` : undefined
}

const advice = 'Let the server keep its log longer than syncs are apart: `binlog_expire_logs_seconds`.'
