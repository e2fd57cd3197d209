import type { Client } from 'pg'
import { didYouMean } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext } from '../connector.js'
import { type PostgresTable, readTables } from './catalogue.js'
import type { PostgresConfig } from './config.js'

/** With one schema a stream is called as its table, with several `schema.table`. */
export const streamName = ({ schemas }: PostgresConfig, { schema, name }: Pick<PostgresTable, 'schema' | 'name'>) =>
  schemas.length === 1 ? name : `${schema}.${name}`

/** The table of a stream; what else there is, is asked only where it is missing. @throws STREAM_NOT_FOUND */
export async function tableOf(
  client: Client,
  config: PostgresConfig,
  stream: string,
  { file }: Pick<ConnectorContext, 'file'>,
): Promise<PostgresTable> {
  const isMeant = (table: PostgresTable) => streamName(config, table) === stream
  const found = (await readTables(client, config.schemas, stream)).find(isMeant)
  if (found) return found
  const names = (await readTables(client, config.schemas)).map((table) => streamName(config, table))
  throw extractLoadErrors.create('STREAM_NOT_FOUND', {
    message: `The database \`${config.database}\` has no table or view \`${stream}\` in ${config.schemas.join(', ')} that ${config.username} may read.`,
    at: { file },
    hint:
      didYouMean(stream, names) ??
      'Check the name, `schemas`, and the grants of the user; `millrace discover` lists what there is.',
  })
}
