import type { Connection } from 'mysql2'
import { quoteLiteral } from '../../../../sql/index.js'
import { extractLoadErrors } from '../../../errors.js'
import type { ConnectorContext } from '../../connector.js'
import { placeOf } from '../config.js'
import { connectMysql, queryTexts } from '../connect.js'
import { quoteName } from '../quoting.js'
import { SourceSession } from '../session.js'
import { dumpBinlog } from './binlog-dump.js'
import type { LogFile } from './binlog-events.js'
import type { Gtids } from './gtids.js'
import type { LogPosition } from './log-position.js'
import { executedGtids, hasGtids } from './server-gtids.js'

const byCursor = 'Or read by a cursor: leave `replication_method` out.'

export const notReady = (message: string, hint: string, cause?: unknown) =>
  extractLoadErrors.create('CDC_NOT_READY', { message, hint, cause })

/** What the settings of a server must be, for its log to have whole rows. */
const wanted: readonly { readonly name: string; readonly value: string; readonly why: string }[] = [
  { name: 'log_bin', value: 'ON', why: 'keeps no binary log' },
  { name: 'binlog_format', value: 'ROW', why: 'logs statements instead of rows' },
  { name: 'binlog_row_image', value: 'FULL', why: 'logs rows without some of their columns' },
  { name: 'binlog_row_value_options', value: '', why: 'logs only parts of JSON values' },
  { name: 'binlog_transaction_compression', value: 'OFF', why: 'compresses transactions in its log' },
]

/**
 * Looks whether the log of a server can be followed by this user, and where it ends.
 * @throws CDC_NOT_READY
 */
export async function checkServer(session: SourceSession, context: ConnectorContext): Promise<LogPosition> {
  const { connection, config } = session
  const names = wanted.map(({ name }) => quoteLiteral(name)).join(', ')
  const rows = await queryTexts(connection, `show global variables where variable_name in (${names})`)
  const settings = new Map(rows.map(([name, value]) => [name?.toLowerCase(), value?.toUpperCase()]))
  for (const { name, value, why } of wanted) {
    const is = settings.get(name)
    if (is !== undefined && is !== value)
      throw notReady(
        `The server at ${placeOf(config)} ${why}: \`${name}\` is ${is === '' ? 'empty' : is}.`,
        `Set \`${name} = ${value === '' ? "''" : value}\` in its configuration${name === 'log_bin' ? ' (with a `server_id`) and restart it' : ''}. ${byCursor}`,
      )
  }
  const end = await endOfLog(session)
  await logFile(context, end)
  return end
}

/** Where the log ends now: who committed before may rely on being read. @throws CDC_NOT_READY */
export async function endOfLog({ connection, config, isMariaDb }: SourceSession): Promise<LogPosition> {
  const rows = await asReplica(config.username, isMariaDb, async () => {
    try {
      return await queryTexts(connection, 'show master status')
    } catch (error) {
      // MySQL 8.4 knows it by another name only.
      if ((error as { errno?: number }).errno !== 1064) throw error
      return queryTexts(connection, 'show binary log status')
    }
  })
  const [[file, pos, only, without] = []] = rows
  if (!file || !pos)
    throw notReady(
      `The server at ${placeOf(config)} keeps no binary log.`,
      `Set \`log_bin = ON\` and restart it. ${byCursor}`,
    )
  const isIn = (list: string | null | undefined) => (list ?? '').split(',').includes(config.database)
  if ((only && !isIn(only)) || isIn(without))
    throw notReady(
      `The server at ${placeOf(config)} leaves the database \`${config.database}\` out of its binary log.`,
      `Mend \`binlog_do_db\` or \`binlog_ignore_db\` in its configuration. ${byCursor}`,
    )
  return { file, pos: Number(pos) }
}

/** Which server it is. */
export interface ServerIdentity {
  readonly id: number
  /** MariaDB has none. */
  readonly uuid: string | undefined
  /** Its transactions have numbers that other servers know them by. */
  readonly hasGtids: boolean
}

export async function serverIdentity(session: SourceSession): Promise<ServerIdentity> {
  const { connection, isMariaDb } = session
  const [[id, uuid] = []] = await queryTexts(connection, `select @@server_id, ${isMariaDb ? 'null' : '@@server_uuid'}`)
  return { id: Number(id), uuid: uuid ?? undefined, hasGtids: await hasGtids(session) }
}

/** The files that the server still has, and how many bytes each holds. */
export async function logFiles({ connection, config, isMariaDb }: SourceSession): Promise<ReadonlyMap<string, number>> {
  const rows = await asReplica(config.username, isMariaDb, () => queryTexts(connection, 'show binary logs'))
  return new Map(rows.map(([file, size]) => [file ?? '', Number(size)]))
}

/** Which file a position is in, as the file itself says. @throws CDC_NOT_READY where the user may not read the log */
export async function logFile(context: ConnectorContext, { file }: Pick<LogPosition, 'file'>): Promise<LogFile> {
  const session = await SourceSession.open(context)
  try {
    return await asReplica(session.config.username, session.isMariaDb, async () => {
      for await (const events of dumpBinlog(session.connection, { file, pos: 4 }, ({ type }) => type === 'format'))
        for (const event of events) if (event.type === 'format') return event.file
      throw new Error(`The file ${file} of the binary log has no beginning.`)
    })
  } finally {
    await session.end()
  }
}

const lacksRight = new Set([1044, 1045, 1142, 1227])

async function asReplica<T>(username: string, isMariaDb: boolean, use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (cause) {
    const { errno, message } = cause as { errno?: number; message: string }
    if (!lacksRight.has(errno ?? 0)) throw cause
    const rights = isMariaDb ? 'replication slave, binlog monitor' : 'replication slave, replication client'
    throw notReady(
      `${username} may not read the binary log: ${message}`,
      `Let an administrator run: grant ${rights} on *.* to ${quoteLiteral(username)}@'%';`,
      cause,
    )
  }
}

/** How long writers of a table may keep its snapshot waiting, and it them. */
const lockWaitSeconds = 10

/** Where the log stands for a snapshot. */
export interface SnapshotPlace extends LogPosition {
  /** MySQL's: what had been executed a moment before, of this table all. */
  readonly executed?: Gtids | undefined
}

/**
 * Begins a snapshot of a table, in a session of its own, and says which place in the log belongs to it.
 * @throws CDC_NOT_READY
 */
export async function snapshotPosition(session: SourceSession, table: string): Promise<SnapshotPlace> {
  if (!session.isMariaDb) return lockedPosition(session, table)
  await session.beginSnapshot()
  // https://mariadb.com/kb/en/enhancements-for-start-transaction-with-consistent-snapshot/
  const rows = await queryTexts(session.connection, "show status like 'binlog\\_snapshot\\_%'")
  const status = new Map(rows.map(([name, value]) => [name?.toLowerCase(), value]))
  const file = status.get('binlog_snapshot_file')
  if (!file) throw notReady('The server keeps no binary log.', `Set \`log_bin = ON\` and restart it. ${byCursor}`)
  return { file, pos: Number(status.get('binlog_snapshot_position')) }
}

/**
 * While the table is locked no transaction that wrote it is open or about to be logged: what the log holds of it is what the snapshot sees.
 * The lock is gone before the first row is read.
 */
export async function lockedPosition(session: SourceSession, table: string): Promise<SnapshotPlace> {
  const { config } = session
  const other = await connectMysql(session.way)
  try {
    await queryTexts(other, `set session lock_wait_timeout = ${lockWaitSeconds}`)
    await lock(other, `${quoteName(config.database)}.${quoteName(table)}`, config.username)
    await session.beginSnapshot()
    // In this order: what counts as executed is in the log.
    const executed = await executedGtids(session)
    const position = await endOfLog(session)
    await queryTexts(other, 'unlock tables')
    return { ...position, executed }
  } finally {
    other.destroy()
  }
}

async function lock(connection: Connection, relation: string, username: string): Promise<void> {
  try {
    await queryTexts(connection, `lock tables ${relation} read`).catch((error: { errno?: number }) => {
      if (!lacksRight.has(error.errno ?? 0)) throw error
      return queryTexts(connection, 'flush tables with read lock')
    })
  } catch (cause) {
    const { errno, message } = cause as { errno?: number; message: string }
    if (errno === 1205)
      throw notReady(
        `${relation} could not be locked for a moment, because somebody has been writing it for ${lockWaitSeconds} seconds: ${message}`,
        'Sync again when the long transaction is through.',
        cause,
      )
    if (!lacksRight.has(errno ?? 0)) throw cause
    throw notReady(
      `${username} may not lock ${relation}, for the moment in which its snapshot begins: ${message}`,
      `Let an administrator run: grant lock tables on ${relation.split('.')[0]}.* to ${quoteLiteral(username)}@'%';`,
      cause,
    )
  }
}
