import { systemClock } from '../../../../base/index.js'
import { quoteLiteral } from '../../../../sql/index.js'
import type { ConnectorContext } from '../../connector.js'
import { queryTexts } from '../connect.js'
import { SourceSession } from '../session.js'
import { dumpBinlog } from './binlog-dump.js'
import type { Gtids } from './gtids.js'
import { comparePositions, type LogPosition } from './log-position.js'
import { MariaDbGtids } from './mariadb-gtids.js'
import { MysqlGtidSet } from './mysql-gtid-set.js'

/** Undefined for what is no such text of this kind of server: numbers with tags (MySQL 8.3) are not understood. */
export const parseGtids = (text: string, { isMariaDb }: Pick<SourceSession, 'isMariaDb'>): Gtids | undefined =>
  isMariaDb ? MariaDbGtids.parse(text) : MysqlGtidSet.parse(text)

/** Whether the server gives its transactions numbers that other servers know them by. */
export async function hasGtids({ connection, isMariaDb }: SourceSession): Promise<boolean> {
  if (isMariaDb) return true
  const [[, mode] = []] = await queryTexts(connection, "show global variables like 'gtid_mode'")
  return mode === 'ON'
}

/** All that the server has executed, in its log or not; undefined where it does not number. Only MySQL's is the position of its log, too. */
export async function executedGtids(session: SourceSession): Promise<Gtids | undefined> {
  if (session.isMariaDb || !(await hasGtids(session))) return undefined
  const [[text] = []] = await queryTexts(session.connection, 'select @@global.gtid_executed')
  return MysqlGtidSet.parse(text ?? '')
}

/**
 * The transactions that the log has up to a place where one of them ends; undefined where the server cannot say.
 * @param executed what MySQL had executed before the log ended at that place: it says nothing of a place itself
 */
export async function gtidsAt(
  session: SourceSession,
  context: ConnectorContext,
  position: LogPosition,
  executed: Gtids | undefined,
): Promise<Gtids | undefined> {
  if (executed) return withLogged(context, executed, position)
  // The function takes four bytes.
  if (!session.isMariaDb || position.pos >= 2 ** 32) return undefined
  const place = `${quoteLiteral(position.file)}, ${position.pos}`
  const [[text] = []] = await queryTexts(session.connection, `select binlog_gtid_pos(${place})`)
  return typeof text === 'string' ? MariaDbGtids.parse(text) : undefined
}

const mostAttempts = 5
const pauseMs = 100

/** A transaction is in the log a moment before it counts as executed: what the log has more is added. */
async function withLogged(
  context: ConnectorContext,
  executed: Gtids,
  position: LogPosition,
): Promise<Gtids | undefined> {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const all = executed.copy()
    const session = await SourceSession.open(context)
    let isThere = false
    try {
      const isDone = (event: { readonly position: LogPosition }) => comparePositions(event.position, position) >= 0
      for await (const events of dumpBinlog(session.connection, executed, isDone))
        for (const event of events) {
          if (event.type === 'gtid' && event.gtid && comparePositions(event.position, position) < 0) all.add(event.gtid)
          isThere ||= isDone(event)
        }
    } finally {
      await session.end()
    }
    if (isThere) return all
    // The server shows its log a moment later than it says where that ends.
    await (context.clock ?? systemClock).sleep(pauseMs, { signal: context.signal })
  }
  return undefined
}

/** Why a server's log is not that of these transactions and what came after them; undefined where it is. */
export async function whyNotBehind(
  session: SourceSession,
  context: ConnectorContext,
  gtids: Gtids,
): Promise<string | undefined> {
  if (!(await hasGtids(session))) return 'the server is another one, and its `gtid_mode` is not ON'
  const strange = session.isMariaDb
    ? await strangeToMariaDb(session, gtids as MariaDbGtids)
    : await gtidsLeft(session, quoteLiteral(gtids.text), '@@global.gtid_executed')
  if (strange !== '')
    return `the server is another one, and does not have the transactions ${strange}, which were read: it is behind, or has gone its own way`
  if (!session.isMariaDb) {
    const purged = await gtidsLeft(session, '@@global.gtid_purged', quoteLiteral(gtids.text))
    if (purged !== '') return `the server is another one, and its log no longer has the transactions ${purged}`
  }
  return refusal(context, gtids)
}

async function gtidsLeft({ connection }: SourceSession, all: string, without: string): Promise<string> {
  const [[left] = []] = await queryTexts(connection, `select gtid_subtract(${all}, ${without})`)
  return (left ?? '').replace(/\s+/g, '')
}

/**
 * What the server never had. By itself MariaDB says so only when something comes in the same domain.
 * A server that does not log what it replicates has it where that was the last.
 */
async function strangeToMariaDb({ connection }: SourceSession, gtids: MariaDbGtids): Promise<string> {
  const [[logged, replicated] = []] = await queryTexts(connection, 'select @@gtid_binlog_state, @@gtid_slave_pos')
  const seen = (logged ?? '').split(',').map((one) => one.split('-'))
  const last = new Set((replicated ?? '').split(','))
  const isThere = (gtid: string) => {
    const [domain, server, number = ''] = gtid.split('-')
    return last.has(gtid) || seen.some(([d, s, n = '']) => d === domain && s === server && BigInt(n) >= BigInt(number))
  }
  return gtids
    .list()
    .filter((gtid) => !isThere(gtid))
    .join(',')
}

/** The server does not have the log, or a part of it, that is asked for. */
const noSuchLog = 1236

/** What the server says of a start behind these transactions: it looks for them in its log. */
async function refusal(context: ConnectorContext, gtids: Gtids): Promise<string | undefined> {
  const session = await SourceSession.open(context)
  try {
    for await (const _ of dumpBinlog(session.connection, gtids, ({ type }) => type === 'gtid' || type === 'heartbeat'));
    return undefined
  } catch (error) {
    const { errno, message } = error as { errno?: number; message: string }
    if (errno !== noSuchLog) throw error
    return `the server is another one, and says: ${message}`
  } finally {
    await session.end()
  }
}
