import { isMapping, plural } from '../../base/index.js'
import type { CdcSource, ConnectorContext, StreamSource } from './connector.js'
import { failedCheck } from './failed-check.js'

/** What one source of tables alone is. */
export interface TableSource<Config>
  extends Pick<StreamSource, 'name' | 'title' | 'description' | 'releaseStage' | 'spec' | 'discover' | 'read'> {
  /** @throws CONNECTION_INVALID */
  readonly readConfig: (config: Readonly<Record<string, unknown>>, file: string) => Config
  readonly originOf: (config: Config, stream: string) => ReturnType<NonNullable<StreamSource['originOf']>>
  /** Signs in and looks, as a check does. @throws what stands in the way */
  readonly look: (context: ConnectorContext) => Promise<{ readonly tables: number; readonly where: string }>
  /** Where the database keeps a log of its changes that can be read. */
  readonly openLog?: CdcSource['open']
}

/** A source whose streams are the tables and views of a database, whichever there are. */
export function tableSource<Config>({
  readConfig,
  originOf,
  look,
  openLog,
  ...own
}: TableSource<Config>): StreamSource {
  return {
    ...own,
    kind: 'source',
    reads: 'streams',
    version: '0.1.0',
    streamNames: (config) => {
      readConfig(config, '')
      return undefined
    },
    originOf: (config, stream) => originOf(readConfig(config, ''), stream),
    async check(context) {
      try {
        const { tables, where } = await look(context)
        return { status: 'succeeded', message: `${plural(tables, 'table')} in ${where}` }
      } catch (thrown) {
        return failedCheck(thrown)
      }
    },
    ...(openLog && {
      cdc: {
        isUsed: ({ replication_method: method }) => isMapping(method) && method.method === 'CDC',
        open: openLog,
      },
    }),
  }
}
