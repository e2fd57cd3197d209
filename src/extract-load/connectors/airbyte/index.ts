import { checkProgram } from '../../connector-program/check-program.js'
import type { CheckResult, DiscoveredStream } from '../../contract.js'
import { discoveredStreams } from '../../protocol/catalog.js'
import type { ConnectorContext, MessageSource } from '../connector.js'
import { failedCheck } from '../failed-check.js'
import { askCatalog } from './catalog.js'
import { programIn, readAirbyte } from './read.js'
import { readSourceSettings, sourceSettingsSpec } from './settings.js'

/** Any connector that speaks the Airbyte protocol, as it is: a container image, or a program of this machine. */
export const airbyteConnector: MessageSource = {
  name: 'airbyte',
  title: 'Airbyte connector',
  kind: 'source',
  reads: 'messages',
  takesPaths: true,
  whyNoPartitions:
    'It reads its streams as it sees fit, and keeps states of its own for that: it cannot be asked for the rows of some time.',
  description: 'Any source connector of Airbyte, unchanged: a container image, or a program installed on this machine.',
  version: '0.1.0',
  releaseStage: 'alpha',
  spec: sourceSettingsSpec,
  streamNames: (config) => {
    readSourceSettings(config, '')
    return undefined
  },
  check,
  discover,
  open: readAirbyte,
}

async function check(context: ConnectorContext): Promise<CheckResult> {
  try {
    return await checkProgram(programIn(context, readSourceSettings(context.config, context.file)))
  } catch (thrown) {
    return failedCheck(thrown)
  }
}

async function discover(context: ConnectorContext): Promise<readonly DiscoveredStream[]> {
  const settings = readSourceSettings(context.config, context.file)
  return discoveredStreams(await askCatalog(context, programIn(context, settings), settings))
}
