import { tableSource } from '../table-connector.js'
import { readTables } from './catalogue.js'
import { checkServer } from './cdc/database-log.js'
import { openLog } from './cdc/open-log.js'
import { cdcOf, readConfig } from './config.js'
import { discoverPostgres } from './discover.js'
import { readPostgres } from './read.js'
import { withSnapshot } from './session.js'
import { postgresSpec } from './spec.js'
import { originOf } from './streams.js'

/** Tables and views of a PostgreSQL server, by binary COPY. */
export const postgresConnector = tableSource({
  name: 'postgres',
  title: 'PostgreSQL',
  description:
    'Tables and views of a PostgreSQL database: whole, or what is new by a cursor column, by `xmin` or by the log.',
  releaseStage: 'beta',
  spec: postgresSpec,
  readConfig,
  originOf,
  look: (context) =>
    withSnapshot(context, async ({ client, config }) => {
      const { schemas } = config
      if (cdcOf(config)) await checkServer(client)
      const { length: tables } = await readTables(client, schemas)
      return { tables, where: schemas.join(', ') }
    }),
  discover: discoverPostgres,
  read: readPostgres,
  openLog,
})
