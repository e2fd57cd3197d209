import { openSnowflake } from '../../../warehouse/index.js'
import { usingSession } from '../../table-source/using-session.js'
import { asSourceError, type WarehouseSession } from '../../table-source/warehouse-session.js'
import type { ConnectorContext } from '../connector.js'
import { readConfig, type SnowflakeConfig, warehouseOptions } from './config.js'

/** The account of a source, for as long as something is read there. */
export type SourceSession = WarehouseSession<SnowflakeConfig>

/** @throws SOURCE_UNREACHABLE, SOURCE_REFUSED, WAREHOUSE_DRIVER_MISSING */
export async function openSession({ config, file, signal }: ConnectorContext): Promise<SourceSession> {
  const settings = readConfig(config, file)
  try {
    const warehouse = await openSnowflake({ ...warehouseOptions(settings), isOneSession: true }, { signal })
    return {
      config: settings,
      warehouse,
      connection: await warehouse.connect({ signal }),
      end: () => warehouse.close(),
    }
  } catch (error) {
    throw sourceError(error)
  }
}

/** Uses a session, and always ends it. */
export const withSession = async <T>(
  context: ConnectorContext,
  use: (session: SourceSession) => Promise<T>,
): Promise<T> => usingSession(await openSession(context), use, sourceError)

/** What the account says, in the words of a source. */
export const sourceError = (thrown: unknown): unknown =>
  asSourceError(
    thrown,
    (_, { hint }) =>
      hint?.replace('the target in profiles.yml', 'the source') ??
      'Check the grants of the role, and the warehouse of the source.',
  )
