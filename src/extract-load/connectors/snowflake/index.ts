import { plural } from '../../../base/index.js'
import type { CheckResult } from '../../contract.js'
import { usingSession } from '../../table-source/using-session.js'
import type { ConnectorContext, StreamSource } from '../connector.js'
import { failedCheck } from '../failed-check.js'
import { readConfig } from './config.js'
import { discoverSnowflake } from './discover.js'
import { readSnowflake } from './read.js'
import { openSession, sourceError } from './session.js'
import { snowflakeSpec } from './spec.js'
import { originOf, readTables } from './tables.js'

/** Tables and views of a Snowflake account, by its own driver. */
export const snowflakeConnector: StreamSource = {
  name: 'snowflake',
  title: 'Snowflake',
  kind: 'source',
  reads: 'streams',
  description: 'Tables and views of a Snowflake database: whole, or the rows that a cursor column says are new.',
  version: '0.1.0',
  releaseStage: 'alpha',
  spec: snowflakeSpec,
  streamNames: (config) => {
    readConfig(config, '')
    return undefined
  },
  originOf: (config, stream) => originOf(readConfig(config, ''), stream),
  check,
  discover: discoverSnowflake,
  read: readSnowflake,
}

async function check(context: ConnectorContext): Promise<CheckResult> {
  try {
    return await usingSession(
      await openSession(context),
      async (session) => {
        const tables = await readTables(session, context.signal)
        return { status: 'succeeded', message: `${plural(tables.length, 'table')} in ${session.warehouse.database}` }
      },
      sourceError,
    )
  } catch (thrown) {
    return failedCheck(thrown)
  }
}
