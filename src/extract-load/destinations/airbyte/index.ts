import { checkProgram } from '../../connector-program/check-program.js'
import { ConnectorProgram } from '../../connector-program/connector-program.js'
import { keptSettings } from '../../connector-program/kept-config.js'
import { askSpec } from '../../connector-program/program-spec.js'
import { type ProgramSettings, readProgramSettings } from '../../connector-program/settings.js'
import { programSettingsSpec } from '../../connector-program/spec.js'
import { failedCheck } from '../../connectors/failed-check.js'
import type { ConnectionStream } from '../../contract.js'
import { metaColumns } from '../../loading/rows/table-shape.js'
import type { Destination, DestinationConnector, OpenOptions } from '../destination.js'
import { forgetAccepted, recordedStates } from '../recorded/record.js'
import { recordedDestination } from '../recorded/recorded-destination.js'
import { warehouseStore } from '../recorded/warehouse-store.js'
import { existingAsBoundary } from './boundary-rows.js'
import { clearTruncated, emptyStream, type PublishOptions, publishStream } from './publish.js'
import { checkMode } from './sync-modes.js'
import { programName, recordedName, targetStream } from './target-stream.js'

/** Any destination connector that speaks the Airbyte protocol, as it is: a container image, or a program of this machine. */
export const airbyteDestination: DestinationConnector = {
  name: 'airbyte',
  title: 'Airbyte connector',
  kind: 'destination',
  description:
    'Any destination connector of Airbyte, unchanged: a container image, or a program installed on this machine.',
  version: '0.1.0',
  releaseStage: 'alpha',
  spec: programSettingsSpec('destination'),
  isWarehouse: false,
  hasNamespaces: true,
  modes: ['overwrite', 'append', 'append_dedup', 'overwrite_dedup'],
  whyNoPartitions: 'A connector is sent rows, and cannot be told to take some out of its table.',
  checkSettings: (config) => {
    readProgramSettings(config, '', 'destination')
  },
  locationOf: (config, table) => `${table} (${programName(readProgramSettings(config, '', 'destination'))})`,
  async check(options) {
    try {
      const program = programOf(options)
      const { destinationSyncModes } = await askSpec(program)
      for (const stream of options.connection.streams) checkMode(stream, options.connection, destinationSyncModes)
      return await checkProgram(program)
    } catch (thrown) {
      return failedCheck(thrown)
    }
  },
  readStates: ({ warehouse, connection }) => recordedStates(warehouseStore(warehouse), connection.name),
  forgetAccepted: ({ warehouse, connection }, streams) =>
    forgetAccepted(warehouseStore(warehouse), connection.name, streams),
  open,
}

const settingsOf = ({ connection }: Pick<OpenOptions, 'connection'>): ProgramSettings =>
  readProgramSettings(connection.destination.config, connection.file, 'destination')

function programOf(options: Omit<OpenOptions, 'warehouse'>): ConnectorProgram {
  const { connection, projectDir, signal, settingsKeeper } = options
  const kept = keptSettings(settingsKeeper, connection.name, 'destination')
  return new ConnectorProgram('destination', settingsOf(options), { projectDir, signal, kept })
}

async function open(options: OpenOptions): Promise<Destination> {
  const { connection, warehouse, onEvent } = options
  const settings = settingsOf(options)
  const program = programOf(options)
  const nameOf = (stream: ConnectionStream) => recordedName(settings, targetStream(connection, stream))
  let asked: ReturnType<typeof askSpec> | undefined
  /** Asked once a sync: another version of the connector may stand behind the same name. */
  const supported = async () => {
    asked ??= askSpec(program)
    return (await asked).destinationSyncModes
  }
  const optionsOf = async (stream: ConnectionStream): Promise<PublishOptions> => ({
    program,
    target: targetStream(connection, stream),
    name: nameOf(stream),
    supported: await supported(),
    onLog: (log) => onEvent?.({ ...log, stream: stream.name }),
  })
  return recordedDestination(connection.name, {
    store: warehouseStore(warehouse),
    nameOf,
    async columns(stream, { table, hasState }) {
      checkMode(stream, connection, await supported())
      return table && hasState ? [...table.columns, ...metaColumns] : []
    },
    countRows: () => undefined,
    existing: existingAsBoundary,
    publish: async (load) => publishStream(load, await optionsOf(load.request.stream)),
    clearTruncated: async (load) => clearTruncated(load, await optionsOf(load.request.stream)),
    empty: async (load) => emptyStream(load, await optionsOf(load.request.stream)),
  })
}
