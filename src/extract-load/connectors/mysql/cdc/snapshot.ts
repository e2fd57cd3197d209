import { quoteLiteral } from '../../../../sql/index.js'
import { VectorReader } from '../../../table-source/column-reader.js'
import type { ReadColumn } from '../../../table-source/read-column.js'
import { TextReader } from '../../../table-source/text-reader.js'
import type { ConnectorContext } from '../../connector.js'
import type { MysqlTable } from '../catalogue.js'
import { queryTexts } from '../connect.js'
import { quoteName } from '../quoting.js'
import type { SourceSession } from '../session.js'
import { tableOf } from '../streams.js'
import { cdcColumns, cursorOf } from './change-rows.js'
import type { LogPosition } from './log-position.js'
import { gtidsAt } from './server-gtids.js'
import { logFile, type SnapshotPlace, serverIdentity, snapshotPosition } from './server-log.js'
import type { CdcState } from './state.js'

export interface CdcSnapshot {
  readonly table: MysqlTable
  /** What the rows have besides. */
  readonly columns: readonly ReadColumn[]
  readonly state: CdcState
}

/** A table was changed since the snapshot began, or is not there. */
const changedMeanwhile = 1412
const noTable = 1146
const mostAttempts = 5

/** Begins the snapshot that a table is read as before the log, and says where in the log to go on. */
export async function cdcSnapshot(
  session: SourceSession,
  stream: string,
  context: ConnectorContext,
): Promise<CdcSnapshot> {
  const { executed, ...position } = await begin(session, stream, context)
  const table = await tableOf(session, stream, context)
  const { serverId, createdAt } = await logFile(context, position)
  const { uuid } = await serverIdentity(session)
  const gtids = await gtidsAt(session, context, position, executed)
  return {
    table,
    columns: ownColumns(position),
    state: {
      ...position,
      log: { server_id: serverId, created_at: createdAt, ...(uuid && { server_uuid: uuid }) },
      ...(gtids && { gtid: gtids.text }),
      columns: [...table.columns],
      key: [...table.primaryKey],
      dropped: [],
    },
  }
}

/** Once a row was read nobody changes the table until the snapshot is through: its columns stay what the catalogue says. */
async function begin(session: SourceSession, stream: string, context: ConnectorContext): Promise<SnapshotPlace> {
  const { connection, config } = session
  for (let attempt = 1; ; attempt++) {
    try {
      const position = await snapshotPosition(session, stream)
      await queryTexts(connection, `select 1 from ${quoteName(config.database)}.${quoteName(stream)} limit 1`)
      return position
    } catch (error) {
      const { errno } = error as { errno?: number }
      if (errno === noTable) await tableOf(session, stream, context)
      if (errno !== changedMeanwhile || attempt === mostAttempts) throw error
      await queryTexts(connection, 'rollback')
    }
  }
}

function ownColumns(position: LogPosition): ReadColumn[] {
  const text = (value: string) => `cast(${quoteLiteral(value)} as char)`
  // As `timeText` writes it.
  const now = "date_format(utc_timestamp(), '%Y-%m-%dT%H:%i:%s.000000Z')"
  const texts = [now, 'cast(null as char)', text(position.file)]
  const numbers = [BigInt(position.pos), cursorOf(position)]
  return cdcColumns.map(({ name, kind }, i) => ({
    name,
    kind,
    sql: `${texts[i] ?? 1} as ${quoteName(name)}`,
    isUnboundedNumber: false,
    reader: () =>
      i < texts.length ? new TextReader('VARCHAR') : new ConstantReader(numbers[i - texts.length] as bigint),
  }))
}

/** The same number in every row, however wide the server sends its own. */
class ConstantReader extends VectorReader {
  readonly #number: bigint

  constructor(number: bigint) {
    super('BIGINT', 8)
    this.#number = number
  }

  read(_bytes: Buffer, _at: number, _length: number, row: number): void {
    this.view.setBigInt64(row * 8, this.#number, true)
  }
}
