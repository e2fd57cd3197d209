import { didYouMean } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import type { ConnectorContext } from '../connector.js'
import { type MysqlTable, readTables } from './catalogue.js'
import type { SourceSession } from './session.js'

/** The table of a stream; what else there is, is asked only where it is missing. @throws STREAM_NOT_FOUND */
export async function tableOf(
  snapshot: SourceSession,
  stream: string,
  { file }: Pick<ConnectorContext, 'file'>,
): Promise<MysqlTable> {
  const found = (await readTables(snapshot, stream)).find((table) => table.name === stream)
  if (found) return found
  const { database, username } = snapshot.config
  const names = (await readTables(snapshot)).map((table) => table.name)
  throw extractLoadErrors.create('STREAM_NOT_FOUND', {
    message: `The database \`${database}\` has no table or view \`${stream}\` that ${username} may read.`,
    at: { file },
    hint:
      didYouMean(stream, names) ??
      'Check the name and the grants of the user; `millrace discover` lists what there is.',
  })
}
