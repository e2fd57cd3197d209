import { didYouMean } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext } from '../connector.js'
import type { PostgresTable } from './catalogue.js'
import type { PostgresConfig } from './config.js'

/** With one schema a stream is called as its table, with several `schema.table`. */
export const streamName = ({ schemas }: PostgresConfig, { schema, name }: Pick<PostgresTable, 'schema' | 'name'>) =>
  schemas.length === 1 ? name : `${schema}.${name}`

/** @throws STREAM_NOT_FOUND */
export function tableOf(
  config: PostgresConfig,
  tables: readonly PostgresTable[],
  stream: string,
  { file }: Pick<ConnectorContext, 'file'>,
): PostgresTable {
  const found = tables.find((table) => streamName(config, table) === stream)
  if (found) return found
  const names = tables.map((table) => streamName(config, table))
  throw extractLoadErrors.create('STREAM_NOT_FOUND', {
    message: `The database \`${config.database}\` has no table or view \`${stream}\` in ${config.schemas.join(', ')} that ${config.username} may read.`,
    at: { file },
    hint:
      didYouMean(stream, names) ??
      'Check the name, `schemas`, and the grants of the user; `millrace discover` lists what there is.',
  })
}
