import { checkProgram } from '../../connector-program/check-program.js'
import { readProgramSettings } from '../../connector-program/settings.js'
import { programSettingsSpec } from '../../connector-program/spec.js'
import type { CheckResult, DiscoveredStream } from '../../contract.js'
import { discoveredStreams } from '../../protocol/catalog.js'
import type { ConnectorContext, MessageSource } from '../connector.js'
import { failedCheck } from '../failed-check.js'
import { programIn, readAirbyte, readCatalog } from './read.js'

/** Any connector that speaks the Airbyte protocol, as it is: a container image, or a program of this machine. */
export const airbyteConnector: MessageSource = {
  name: 'airbyte',
  title: 'Airbyte connector',
  kind: 'source',
  reads: 'messages',
  description: 'Any source connector of Airbyte, unchanged: a container image, or a program installed on this machine.',
  version: '0.1.0',
  releaseStage: 'alpha',
  spec: programSettingsSpec('source'),
  streamNames: (config) => {
    readProgramSettings(config, '', 'source')
    return undefined
  },
  check,
  discover,
  open: readAirbyte,
}

async function check(context: ConnectorContext): Promise<CheckResult> {
  try {
    return await checkProgram(programIn(context))
  } catch (thrown) {
    return failedCheck(thrown)
  }
}

async function discover(context: ConnectorContext): Promise<readonly DiscoveredStream[]> {
  return discoveredStreams(await readCatalog(programIn(context)))
}
