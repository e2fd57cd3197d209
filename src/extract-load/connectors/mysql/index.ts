import { tableSource } from '../table-connector.js'
import { readTables } from './catalogue.js'
import { openLog } from './cdc/open-log.js'
import { checkServer } from './cdc/server-log.js'
import { cdcOf, readConfig } from './config.js'
import { discoverMysql } from './discover.js'
import { readMysql } from './read.js'
import { withSnapshot } from './session.js'
import { mysqlSpec } from './spec.js'

/** Tables and views of a MySQL or MariaDB server, by the binary protocol. */
export const mysqlConnector = tableSource({
  name: 'mysql',
  title: 'MySQL and MariaDB',
  description: 'Tables and views of a MySQL or MariaDB database: whole, or the rows that a cursor column says are new.',
  releaseStage: 'beta',
  spec: mysqlSpec,
  readConfig,
  originOf: ({ database }, stream) => ({ namespace: database, name: stream }),
  look: (context) =>
    withSnapshot(context, async (snapshot) => {
      if (cdcOf(snapshot.config)) await checkServer(snapshot, context)
      const { length: tables } = await readTables(snapshot)
      return { tables, where: snapshot.config.database }
    }),
  discover: discoverMysql,
  read: readMysql,
  openLog,
})
