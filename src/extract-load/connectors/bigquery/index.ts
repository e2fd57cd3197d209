import { tableSource } from '../table-connector.js'
import { originOf, readTables } from './catalogue.js'
import { readConfig } from './config.js'
import { discoverBigQuery } from './discover.js'
import { readBigQuery } from './read.js'
import { withSession } from './session.js'
import { bigQuerySpec } from './spec.js'

/** Tables and views of a project on Google Cloud. */
export const bigQueryConnector = tableSource({
  name: 'bigquery',
  title: 'BigQuery',
  description: 'Tables and views of BigQuery: whole, or the rows that a cursor column says are new.',
  releaseStage: 'alpha',
  spec: bigQuerySpec,
  readConfig,
  originOf,
  look: (context) =>
    withSession(context, async (session) => {
      const { project_id: project, dataset_id: dataset } = session.config
      const { length: tables } = await readTables(session, context.signal)
      return { tables, where: dataset === undefined ? project : `${project}.${dataset}` }
    }),
  discover: discoverBigQuery,
  read: readBigQuery,
})
