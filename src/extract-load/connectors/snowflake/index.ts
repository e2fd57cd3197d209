import { tableSource } from '../table-connector.js'
import { readConfig } from './config.js'
import { discoverSnowflake } from './discover.js'
import { readSnowflake } from './read.js'
import { withSession } from './session.js'
import { snowflakeSpec } from './spec.js'
import { originOf, readTables } from './tables.js'

/** Tables and views of a Snowflake account, by its own driver. */
export const snowflakeConnector = tableSource({
  name: 'snowflake',
  title: 'Snowflake',
  description: 'Tables and views of a Snowflake database: whole, or the rows that a cursor column says are new.',
  releaseStage: 'alpha',
  spec: snowflakeSpec,
  readConfig,
  originOf,
  look: (context) =>
    withSession(context, async (session) => {
      const { length: tables } = await readTables(session, context.signal)
      return { tables, where: session.warehouse.database }
    }),
  discover: discoverSnowflake,
  read: readSnowflake,
})
