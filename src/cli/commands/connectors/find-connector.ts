import { didYouMean } from '../../../base/index.js'
import type { ConnectorInfo } from '../../../extract-load/index.js'
import { cliErrors } from '../../errors.js'

/** As Airbyte names connectors: `destination-file` beside `source-file`, which share a name. */
const wholeName = ({ kind, name }: ConnectorInfo) => `${kind}-${name}`

/**
 * A connector by its name; of two with one name the source, unless it is called by its whole name.
 * @throws CLI_USAGE
 */
export async function findConnector(
  name: string,
): Promise<{ readonly found: ConnectorInfo; readonly namesake: string | undefined }> {
  const { listConnectors } = await import('../../../extract-load/index.js')
  const all = listConnectors()
  const found = all.find((one) => one.name === name || wholeName(one) === name)
  if (found) {
    const other = all.find((one) => one.name === found.name && one !== found)
    return { found, namesake: other && wholeName(other) }
  }
  const names = [...new Set(all.map((one) => one.name))]
  throw cliErrors.create('CLI_USAGE', {
    message: `There is no connector \`${name}\`.`,
    hint: [didYouMean(name, names), `Connectors: ${names.join(', ')}.`].filter((part) => part).join(' '),
  })
}
