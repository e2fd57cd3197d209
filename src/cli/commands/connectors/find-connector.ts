import { didYouMean } from '../../../base/index.js'
import type { ConnectorInfo } from '../../../extract-load/index.js'
import type { GlobalOptions } from '../../command.js'
import { cliErrors } from '../../errors.js'
import { connectionsFolder, projectFiles } from '../../project-files.js'

/** As Airbyte names connectors: `destination-file` beside `source-file`, which share a name. */
const wholeName = ({ kind, name }: ConnectorInfo) => `${kind}-${name}`

/** Every connector, and those that were added to the project, where there is one. */
export async function allConnectors(options: GlobalOptions): Promise<readonly ConnectorInfo[]> {
  const { listConnectors, listSources } = await import('../../../extract-load/index.js')
  const files = projectFiles(options.projectDir ?? process.cwd())
  if (!files) return listConnectors()
  return [...listSources(connectionsFolder(files)), ...listConnectors().filter((one) => one.kind === 'destination')]
}

/**
 * A connector by its name; of two with one name the source, unless it is called by its whole name.
 * @throws CLI_USAGE
 */
export async function findConnector(
  name: string,
  options: GlobalOptions,
): Promise<{ readonly found: ConnectorInfo; readonly namesake: string | undefined }> {
  const all = await allConnectors(options)
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

/** How far a connector is; of one that somebody added to the project only they know. */
export const stageWords = ({ releaseStage, isAdded }: Pick<ConnectorInfo, 'releaseStage' | 'isAdded'>): string =>
  isAdded ? 'of this project' : releaseStage
