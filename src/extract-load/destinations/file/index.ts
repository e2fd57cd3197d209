import { failedCheck } from '../../connectors/failed-check.js'
import type { Connection, ConnectionStream } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { metaColumns } from '../../loading/rows/table-shape.js'
import type { DestinationConnector } from '../destination.js'
import type { FileStore } from '../recorded/file-store.js'
import { forgetAccepted, otherRecords, type RecordedTable, recordedStates } from '../recorded/record.js'
import { recordedDestination } from '../recorded/recorded-destination.js'
import { readConfig } from './config.js'
import { existingInFiles } from './existing-rows.js'
import { fileKeeper } from './file-keeper.js'
import { folderOf, isOwnFile } from './file-name.js'
import { locationOf, openStore } from './open-store.js'
import { publishFile } from './publish.js'
import { fileDestinationSpec } from './spec.js'

/** Files of a folder or a bucket, which any program can read. */
export const fileDestination: DestinationConnector = {
  name: 'file',
  title: 'Files',
  kind: 'destination',
  description: 'Writes streams into Parquet, CSV or JSON lines files, a folder each, on this machine or in S3.',
  version: '0.1.0',
  releaseStage: 'beta',
  spec: fileDestinationSpec,
  isWarehouse: false,
  keepsFiles: true,
  modes: ['overwrite', 'append', 'overwrite_dedup'],
  whyNoOthers: 'Rows of a file cannot be replaced one by one.',
  whyNoPartitions: 'Rows of a file cannot be replaced one by one.',
  checkSettings: (config) => {
    readConfig(config, '')
  },
  locationOf: (config, table) => locationOf(readConfig(config, '').path, table),
  async check(options) {
    try {
      const store = openStore(options)
      const name = '_millrace/check'
      await store.writeText(name, '')
      await store.remove(name)
      return { status: 'succeeded', message: `${store.place} can be written` }
    } catch (thrown) {
      return failedCheck(thrown)
    }
  },
  readStates: (options) => recordedStates(openStore(options), options.connection.name),
  forgetAccepted: (options, streams) => forgetAccepted(openStore(options), options.connection.name, streams),
  async open(options) {
    const { connection } = options
    const config = readConfig(connection.destination.config, connection.file)
    const store = openStore(options)
    const sweep = async (table: RecordedTable) => {
      const folder = folderOf(table.table)
      const counted = new Set(table.files.map(({ name }) => name))
      for (const name of (await store.list(folder)) ?? [])
        if (isOwnFile(folder, name) && !counted.has(name)) await store.remove(`${folder}/${name}`)
    }
    return recordedDestination(connection.name, {
      store,
      // What a killed sync left: nothing counts that is not recorded.
      prepare: async ({ tables }) => {
        for (const table of Object.values(tables)) await sweep(table)
      },
      async columns(stream, { table }) {
        const found = await store.list(folderOf(stream.table))
        await checkFolder(store, stream, { isOwn: table !== undefined, found, connection })
        // Like a table that was dropped, a folder that was removed is loaded from the start.
        return table && found && table.columns.length > 0 ? [...table.columns, ...metaColumns] : []
      },
      countRows: (table) => table?.files.reduce((sum, { rows }) => sum + rows, 0),
      files: fileKeeper(store, connection.name),
      existing: (table) => existingInFiles(store, table),
      publish: (load) => publishFile(store, config, load),
      // The folder stays the stream's own.
      empty: async ({ table }) => table && { table: table.table, columns: [], files: [] },
      tidyUp: sweep,
    })
  },
}

interface Folder {
  /** The connection wrote it itself. */
  readonly isOwn: boolean
  readonly found: readonly string[] | undefined
  readonly connection: Connection
}

/**
 * What another connection wrote, or somebody by hand, is neither replaced nor added to.
 * @throws DESTINATION_TABLE_FOREIGN
 */
async function checkFolder(
  store: FileStore,
  { name, table }: ConnectionStream,
  { isOwn, found = [], connection }: Folder,
): Promise<void> {
  if (isOwn) return
  const others = await otherRecords(store, connection.name)
  const other = others.find(({ tables }) => Object.values(tables).some((one) => one.table === table))
  if (!other && found.every((file) => file.startsWith('.'))) return
  throw extractLoadErrors.create('DESTINATION_TABLE_FOREIGN', {
    message: `The stream \`${name}\` would be loaded into ${store.place}/${folderOf(table)}, but ${other ? `the connection \`${other.connection}\` wrote what is there` : 'files are there which no sync wrote'}.`,
    at: connection.locate?.(['destination', 'config', 'path']) ?? { file: connection.file },
    hint: 'Give the connection another `path` or `prefix` below `destination`, or move away what is there.',
  })
}
