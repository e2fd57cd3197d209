import type { DiscoveredStream } from '../../contract.js'
import type { ConnectorContext, DiscoverOptions, FileBatch, StreamSource } from '../connector.js'
import { withBatch } from './batch.js'
import { checkFiles } from './check.js'
import { readConfig } from './config.js'
import { type DiscoveredFile, discoverFile } from './discover.js'
import { locateFiles } from './locate-files.js'
import { readFiles } from './read.js'
import { fileSpec } from './spec.js'
import { fileTimeCursor } from './state.js'

/** Files on disk, behind an address, in a bucket, on a server or in an npm package: Parquet, CSV, JSON, JSON lines, Excel. */
export const fileConnector: StreamSource = {
  name: 'file',
  title: 'Files',
  kind: 'source',
  reads: 'streams',
  takesPaths: true,
  description:
    'Parquet, CSV, JSON, JSON lines and Excel, from disk, S3, Google Cloud Storage and SFTP (with patterns), over HTTP or from an installed npm package.',
  version: '0.1.0',
  releaseStage: 'beta',
  spec: fileSpec,
  streamNames: (config) => readConfig(config, '').streams.map((stream) => stream.name),
  check: checkFiles,
  discover,
  read: readFiles,
}

async function discover(
  context: ConnectorContext,
  { isBrief = false }: DiscoverOptions = {},
): Promise<DiscoveredStream[]> {
  const streams: DiscoveredStream[] = []
  const configured = readConfig(context.config, context.file).streams
  if (isBrief) return configured.map(({ name }) => discovered(name, undefined))
  for (const stream of configured) {
    const located = await locateFiles(stream, context)
    try {
      const newest = located.files.at(-1)
      const found = newest && (await withBatch(stream, newest, (batch) => discoverBatch(batch, context.signal)))
      streams.push(discovered(stream.name, found))
    } finally {
      await located.dispose()
    }
  }
  return streams
}

const discovered = (name: string, found: DiscoveredFile | undefined): DiscoveredStream => ({
  name,
  supportedSyncModes: ['full_refresh', 'incremental'],
  sourceDefinedCursor: false,
  defaultCursorField: [fileTimeCursor],
  sourceDefinedPrimaryKey: [],
  ...(found ?? { jsonSchema: { type: 'object', properties: {} } }),
})

const discoverBatch = async (batch: FileBatch, signal: AbortSignal | undefined) =>
  batch.sizeBytes > 0 ? discoverFile(batch, signal) : undefined
