import { plural } from '../../../base/index.js'
import type { CheckResult } from '../../contract.js'
import type { ConnectorContext, StreamSource } from '../connector.js'
import { failedCheck } from '../failed-check.js'
import { readConfig } from './config.js'
import { discoverFaker } from './discover.js'
import { readFaker } from './read.js'
import { fakerSpec } from './spec.js'
import { fakeStreams, streamNames } from './streams.js'

/** Users, products and purchases that are made up. */
export const fakerConnector: StreamSource = {
  name: 'faker',
  title: 'Sample data',
  kind: 'source',
  reads: 'streams',
  description:
    'Users, products and purchases of a shop that does not exist: as many as wanted, and the same ones every time.',
  version: '0.1.0',
  releaseStage: 'beta',
  spec: fakerSpec,
  streamNames: (config) => {
    readConfig(config, '')
    return streamNames
  },
  check,
  discover: discoverFaker,
  read: readFaker,
}

async function check({ config, file }: ConnectorContext): Promise<CheckResult> {
  try {
    const { count } = readConfig(config, file)
    return {
      status: 'succeeded',
      message: fakeStreams.map(({ name, rowsOf }) => plural(rowsOf(count), name.slice(0, -1))).join(', '),
    }
  } catch (thrown) {
    return failedCheck(thrown)
  }
}
