import { didYouMean } from '../../../base/index.js'
import type { ConnectorInfo } from '../../../extract-load/index.js'
import { cliErrors } from '../../errors.js'

/** @throws CLI_USAGE */
export async function findConnector(name: string): Promise<ConnectorInfo> {
  const { listConnectors } = await import('../../../extract-load/index.js')
  const all = listConnectors()
  const found = all.find((one) => one.name === name)
  if (found) return found
  const names = all.map((one) => one.name)
  throw cliErrors.create('CLI_USAGE', {
    message: `There is no connector \`${name}\`.`,
    hint: [didYouMean(name, names), `Connectors: ${names.join(', ')}.`].filter((part) => part).join(' '),
  })
}
