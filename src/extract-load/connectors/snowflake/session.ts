import { MillraceError } from '../../../base/index.js'
import { openSnowflake, type Warehouse, type WarehouseConnection } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext } from '../connector.js'
import { readConfig, type SnowflakeConfig, warehouseOptions } from './config.js'

/** The account of a source, for as long as something is read there. */
export interface SourceSession {
  readonly config: SnowflakeConfig
  readonly warehouse: Warehouse
  readonly connection: WarehouseConnection
  end(): Promise<void>
}

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

const codes: Readonly<
  Record<string, 'SOURCE_REFUSED' | 'SOURCE_UNREACHABLE' | 'SOURCE_CONNECTION_LOST' | 'SOURCE_QUERY_FAILED'>
> = {
  WAREHOUSE_REFUSED: 'SOURCE_REFUSED',
  WAREHOUSE_UNREACHABLE: 'SOURCE_UNREACHABLE',
  WAREHOUSE_CONNECTION_LOST: 'SOURCE_CONNECTION_LOST',
  WAREHOUSE_SQL: 'SOURCE_QUERY_FAILED',
}

/** What the account says, in the words of a source. */
export function sourceError(thrown: unknown): unknown {
  if (!(thrown instanceof MillraceError)) return thrown
  const code = codes[thrown.code]
  if (!code) return thrown
  return extractLoadErrors.create(code, {
    message: thrown.message,
    hint:
      thrown.hint?.replace('the target in profiles.yml', 'the source') ??
      'Check the grants of the role, and the warehouse of the source.',
    cause: thrown,
    data: thrown.data,
  })
}
