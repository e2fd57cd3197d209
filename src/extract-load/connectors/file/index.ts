import type { DiscoveredStream } from '../../contract.js'
import type { ConnectorContext, StreamSource } from '../connector.js'
import { toBatch } from './batch.js'
import { checkFiles } from './check.js'
import { readConfig } from './config.js'
import { discoverFile } from './discover.js'
import { locateFiles } from './locate-files.js'
import { readFiles } from './read.js'
import { fileSpec } from './spec.js'
import { fileTimeCursor } from './state.js'

/** Files on disk, behind an address or in an npm package: Parquet, CSV, JSON, JSON lines, Excel. */
export const fileConnector: StreamSource = {
  name: 'file',
  title: 'Files',
  kind: 'source',
  reads: 'streams',
  takesPaths: true,
  description:
    'Parquet, CSV, JSON, JSON lines and Excel, from disk (with patterns), over HTTP or from an installed npm package.',
  version: '0.1.0',
  releaseStage: 'beta',
  spec: fileSpec,
  streamNames: (config) => readConfig(config, '').map((stream) => stream.name),
  check: checkFiles,
  discover,
  read: readFiles,
}

async function discover(context: ConnectorContext): Promise<DiscoveredStream[]> {
  const streams: DiscoveredStream[] = []
  for (const stream of readConfig(context.config, context.file)) {
    const located = await locateFiles(stream, context)
    try {
      const batches = await Promise.all(located.files.slice(-1).map((file) => toBatch(stream, file)))
      const [newest] = batches.filter((batch) => batch.sizeBytes > 0)
      streams.push({
        name: stream.name,
        supportedSyncModes: ['full_refresh', 'incremental'],
        sourceDefinedCursor: false,
        defaultCursorField: [fileTimeCursor],
        sourceDefinedPrimaryKey: [],
        ...(newest ? await discoverFile(newest, context.signal) : { jsonSchema: { type: 'object', properties: {} } }),
      })
    } finally {
      await located.dispose()
    }
  }
  return streams
}
