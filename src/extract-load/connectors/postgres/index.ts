import { isMapping, plural } from '../../../base/index.js'
import type { CheckResult } from '../../contract.js'
import type { ConnectorContext, StreamSource } from '../connector.js'
import { failedCheck } from '../failed-check.js'
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
export const postgresConnector: StreamSource = {
  name: 'postgres',
  title: 'PostgreSQL',
  kind: 'source',
  reads: 'streams',
  description:
    'Tables and views of a PostgreSQL database: whole, or what is new by a cursor column, by `xmin` or by the log.',
  version: '0.1.0',
  releaseStage: 'alpha',
  spec: postgresSpec,
  streamNames: (config) => {
    readConfig(config, '')
    return undefined
  },
  originOf: (config, stream) => originOf(readConfig(config, ''), stream),
  check,
  discover: discoverPostgres,
  read: readPostgres,
  cdc: {
    isUsed: ({ replication_method: method }) => isMapping(method) && method.method === 'CDC',
    open: openLog,
  },
}

async function check(context: ConnectorContext): Promise<CheckResult> {
  try {
    return await withSnapshot(context, async ({ client, config }) => {
      const { schemas } = config
      if (cdcOf(config)) await checkServer(client)
      const tables = await readTables(client, schemas)
      return { status: 'succeeded', message: `${plural(tables.length, 'table')} in ${schemas.join(', ')}` }
    })
  } catch (thrown) {
    return failedCheck(thrown)
  }
}
