import { type BigQueryLogin, openBigQuery } from '../../../warehouse/index.js'
import { extractLoadErrors } from '../../errors.js'
import { usingSession } from '../../table-source/using-session.js'
import { asSourceError, type WarehouseSession } from '../../table-source/warehouse-session.js'
import type { ConnectorContext } from '../connector.js'
import { type BigQueryConfig, readConfig } from './config.js'

/** The project, signed in to. */
export type SourceSession = WarehouseSession<BigQueryConfig>

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
export const withSession = async <T>(
  context: ConnectorContext,
  use: (session: SourceSession) => Promise<T>,
): Promise<T> => usingSession(await openSession(context), use, sourceError)

const hints = {
  SOURCE_REFUSED:
    'Check `project_id` and `credentials_json` of the source. The login needs the roles BigQuery Job User and BigQuery Data Viewer.',
  SOURCE_UNREACHABLE: 'Check the network, HTTPS_PROXY, and `api_endpoint` of the source, if it has one.',
  SOURCE_CONNECTION_LOST: 'Nothing of what was read is committed. Sync again.',
  SOURCE_QUERY_FAILED: 'Nothing was committed. Mend the table or view in the source, or leave the stream out.',
} as const

export const sourceError = (thrown: unknown): unknown => asSourceError(thrown, (code) => hints[code])
