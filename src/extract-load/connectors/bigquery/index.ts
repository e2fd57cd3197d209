import { plural } from '../../../base/index.js'
import type { CheckResult } from '../../contract.js'
import type { ConnectorContext, StreamSource } from '../connector.js'
import { failedCheck } from '../failed-check.js'
import { originOf, readTables } from './catalogue.js'
import { readConfig } from './config.js'
import { discoverBigQuery } from './discover.js'
import { readBigQuery } from './read.js'
import { withSession } from './session.js'
import { bigQuerySpec } from './spec.js'

/** Tables and views of a project on Google Cloud. */
export const bigQueryConnector: StreamSource = {
  name: 'bigquery',
  title: 'BigQuery',
  kind: 'source',
  reads: 'streams',
  description: 'Tables and views of BigQuery: whole, or the rows that a cursor column says are new.',
  version: '0.1.0',
  releaseStage: 'alpha',
  spec: bigQuerySpec,
  streamNames: (config) => {
    readConfig(config, '')
    return undefined
  },
  originOf: (config, stream) => originOf(readConfig(config, ''), stream),
  check,
  discover: discoverBigQuery,
  read: readBigQuery,
}

async function check(context: ConnectorContext): Promise<CheckResult> {
  try {
    return await withSession(context, async (session) => {
      const { config } = session
      const tables = await readTables(session, context.signal)
      const where = config.dataset_id === undefined ? config.project_id : `${config.project_id}.${config.dataset_id}`
      return { status: 'succeeded', message: `${plural(tables.length, 'table')} in ${where}` }
    })
  } catch (thrown) {
    return failedCheck(thrown)
  }
}
