import type { Client } from 'pg'
import { didYouMean } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext, StreamOrigin } from '../connector.js'
import { type PostgresTable, readTables } from './catalogue.js'
import type { PostgresConfig } from './config.js'

/** With one schema a stream is called as its table, with several `schema.table`. */
export const streamName = ({ schemas }: PostgresConfig, { schema, name }: Pick<PostgresTable, 'schema' | 'name'>) =>
  schemas.length === 1 ? name : `${schema}.${name}`

/** What `streamName` was made of. */
export function originOf({ schemas }: PostgresConfig, stream: string): StreamOrigin | undefined {
  const [only] = schemas
  if (schemas.length === 1 && only !== undefined) return { namespace: only, name: stream }
  const [namespace] = schemas.filter((schema) => stream.startsWith(`${schema}.`)).sort((a, b) => b.length - a.length)
  return namespace === undefined ? undefined : { namespace, name: stream.slice(namespace.length + 1) }
}

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
