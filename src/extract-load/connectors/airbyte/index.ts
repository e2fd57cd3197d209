import type { CheckResult, DiscoveredStream } from '../../contract.js'
import { discoveredStreams } from '../../protocol/catalog.js'
import type { ConnectorContext, MessageSource } from '../connector.js'
import { failedCheck } from '../failed-check.js'
import { askCatalog } from './catalog.js'
import { readConfig } from './config.js'
import { readAirbyte } from './read.js'
import { askVerb } from './run-verb.js'
import { airbyteSpec } from './spec.js'

/** Any connector that speaks the Airbyte protocol, as it is: a container image, or a program of this machine. */
export const airbyteConnector: MessageSource = {
  name: 'airbyte',
  title: 'Airbyte connector',
  kind: 'source',
  reads: 'messages',
  takesPaths: true,
  description: 'Any source connector of Airbyte, unchanged: a container image, or a program installed on this machine.',
  version: '0.1.0',
  releaseStage: 'alpha',
  spec: airbyteSpec,
  streamNames: (config) => {
    readConfig(config, '')
    return undefined
  },
  check,
  discover,
  open: readAirbyte,
}

async function check(context: ConnectorContext): Promise<CheckResult> {
  try {
    const config = readConfig(context.config, context.file)
    const { connectionStatus } = await askVerb(context, config, 'check', 'CONNECTION_STATUS')
    const message = connectionStatus.message ?? undefined
    return { status: connectionStatus.status === 'SUCCEEDED' ? 'succeeded' : 'failed', message }
  } catch (thrown) {
    return failedCheck(thrown)
  }
}

async function discover(context: ConnectorContext): Promise<readonly DiscoveredStream[]> {
  return discoveredStreams(await askCatalog(context, readConfig(context.config, context.file)))
}
