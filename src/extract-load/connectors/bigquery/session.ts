import { MillraceError } from '../../../base/index.js'
import { type BigQueryLogin, openBigQuery, type Warehouse, type WarehouseConnection } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext } from '../connector.js'
import { type BigQueryConfig, readConfig } from './config.js'

/** The project, signed in to. */
export interface SourceSession {
  readonly config: BigQueryConfig
  readonly warehouse: Warehouse
  readonly connection: WarehouseConnection
  end(): Promise<void>
}

/** Whoever opens it ends it. @throws SOURCE_REFUSED, SOURCE_UNREACHABLE, WAREHOUSE_DRIVER_MISSING */
export async function openSession(context: ConnectorContext): Promise<SourceSession> {
  const config = readConfig(context.config, context.file)
  try {
    const warehouse = await openBigQuery({
      login: loginOf(config),
      project: config.project_id,
      dataset: config.dataset_id,
      location: config.location,
      apiEndpoint: config.api_endpoint,
      maximumBytesBilled: config.maximum_bytes_billed === undefined ? undefined : BigInt(config.maximum_bytes_billed),
      scopes: ['https://www.googleapis.com/auth/bigquery'],
    })
    const connection = await warehouse.connect({ signal: context.signal })
    return {
      config,
      warehouse,
      connection,
      async end() {
        await connection.close()
        await warehouse.close()
      },
    }
  } catch (error) {
    throw sourceError(error)
  }
}

function loginOf({ access_token: token, credentials_json: json }: BigQueryConfig): BigQueryLogin {
  if (token !== undefined) return { kind: 'token', token }
  if (json === undefined) return { kind: 'default' }
  try {
    return { kind: 'key', key: JSON.parse(json) as Readonly<Record<string, unknown>> }
  } catch {
    throw extractLoadErrors.create('SOURCE_REFUSED', {
      message: '`credentials_json` of the source is no JSON.',
      hint: 'It is the text of the key file of a service account, which begins with {"type": "service_account".',
    })
  }
}

/** Uses a session, and always ends it. */
export async function withSession<T>(
  context: ConnectorContext,
  use: (session: SourceSession) => Promise<T>,
): Promise<T> {
  const session = await openSession(context)
  try {
    return await use(session)
  } catch (error) {
    throw sourceError(error)
  } finally {
    await session.end()
  }
}

const codes: Readonly<
  Record<string, 'SOURCE_REFUSED' | 'SOURCE_UNREACHABLE' | 'SOURCE_CONNECTION_LOST' | 'SOURCE_QUERY_FAILED'>
> = {
  WAREHOUSE_REFUSED: 'SOURCE_REFUSED',
  WAREHOUSE_UNREACHABLE: 'SOURCE_UNREACHABLE',
  WAREHOUSE_CONNECTION_LOST: 'SOURCE_CONNECTION_LOST',
  WAREHOUSE_CONFLICT: 'SOURCE_CONNECTION_LOST',
  WAREHOUSE_SQL: 'SOURCE_QUERY_FAILED',
}
const hints = {
  SOURCE_REFUSED:
    'Check `project_id` and `credentials_json` of the source. The login needs the roles BigQuery Job User and BigQuery Data Viewer.',
  SOURCE_UNREACHABLE: 'Check the network, HTTPS_PROXY, and `api_endpoint` of the source, if it has one.',
  SOURCE_CONNECTION_LOST: 'Nothing of what was read is committed. Sync again.',
  SOURCE_QUERY_FAILED: 'Nothing was committed. Mend the table or view in the source, or leave the stream out.',
} as const

/** What went wrong, in words that lead to the connection's file instead of a profile. */
export function sourceError(cause: unknown): unknown {
  if (!(cause instanceof MillraceError)) return cause
  const code = codes[cause.code]
  return code === undefined
    ? cause
    : extractLoadErrors.create(code, { message: cause.message, hint: hints[code], cause })
}
