import { join } from 'node:path'
import { z } from 'zod'
import { readSettings } from '../../connectors/read-settings.js'
import { metaColumns } from '../../loading/rows/table-shape.js'
import type { DestinationConnector, OpenOptions } from '../destination.js'
import { localStore } from '../recorded/local-store.js'
import { forgetAccepted, recordedStates } from '../recorded/record.js'
import { recordedDestination } from '../recorded/recorded-destination.js'

export const devNullConfigSchema = z.strictObject({})

/** Relative to the project. */
const place = '.millrace/dev-null'

const storeOf = ({ projectDir }: OpenOptions) => localStore(join(projectDir, place), place)

/** Everything is read and nothing kept but the states, so that incremental syncs go on. */
export const devNullDestination: DestinationConnector = {
  name: 'dev-null',
  title: 'Nowhere',
  kind: 'destination',
  description:
    'Reads and stages everything, counts it and drops it: to see how fast a source is, or whether it can be read to its end.',
  version: '0.1.0',
  releaseStage: 'beta',
  spec: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Nowhere',
    type: 'object',
    required: [],
    additionalProperties: false,
    properties: {},
  },
  isWarehouse: false,
  modes: ['overwrite', 'append', 'append_dedup', 'overwrite_dedup'],
  whyNoPartitions: 'Its rows are not kept.',
  checkSettings: (config) => {
    readSettings('dev-null', devNullConfigSchema, config, '', 'destination')
  },
  readStates: (options) => recordedStates(storeOf(options), options.connection.name),
  forgetAccepted: (options, streams) => forgetAccepted(storeOf(options), options.connection.name, streams),
  open: (options) =>
    recordedDestination(options.connection.name, {
      store: storeOf(options),
      // It was loaded before, or everything would be read from the start each time.
      columns: async (_, { hasState }) => (hasState ? metaColumns : []),
      countRows: () => undefined,
      existing: () => ({ hasValues: async () => false, at: async () => undefined, ofKeys: async () => undefined }),
      publish: async ({ staged }) => ({ rows: staged.rows, changes: [] }),
    }),
}
