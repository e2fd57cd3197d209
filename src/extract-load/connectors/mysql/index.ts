import { isMapping, plural } from '../../../base/index.js'
import type { CheckResult } from '../../contract.js'
import type { ConnectorContext, StreamSource } from '../connector.js'
import { failedCheck } from '../failed-check.js'
import { readTables } from './catalogue.js'
import { openLog } from './cdc/open-log.js'
import { checkServer } from './cdc/server-log.js'
import { cdcOf, readConfig } from './config.js'
import { discoverMysql } from './discover.js'
import { readMysql } from './read.js'
import { withSnapshot } from './session.js'
import { mysqlSpec } from './spec.js'

/** Tables and views of a MySQL or MariaDB server, by the binary protocol. */
export const mysqlConnector: StreamSource = {
  name: 'mysql',
  title: 'MySQL and MariaDB',
  kind: 'source',
  reads: 'streams',
  description: 'Tables and views of a MySQL or MariaDB database: whole, or the rows that a cursor column says are new.',
  version: '0.1.0',
  releaseStage: 'alpha',
  spec: mysqlSpec,
  streamNames: (config) => {
    readConfig(config, '')
    return undefined
  },
  originOf: (config, stream) => ({ namespace: readConfig(config, '').database, name: stream }),
  check,
  discover: discoverMysql,
  read: readMysql,
  cdc: {
    isUsed: ({ replication_method: method }) => isMapping(method) && method.method === 'CDC',
    open: openLog,
  },
}

async function check(context: ConnectorContext): Promise<CheckResult> {
  try {
    return await withSnapshot(context, async (snapshot) => {
      if (cdcOf(snapshot.config)) await checkServer(snapshot, context)
      const tables = await readTables(snapshot)
      return { status: 'succeeded', message: `${plural(tables.length, 'table')} in ${snapshot.config.database}` }
    })
  } catch (thrown) {
    return failedCheck(thrown)
  }
}
