import { dirname, resolve } from 'node:path'
import { isTrusted, readOrigin } from './added-connectors/origin.js'
import { declarativeSettingsSpec, readDeclarativeSettings } from './manifest/settings.js'
import { manifestConnector } from './manifest-connector.js'

export { addedConnector, addedConnectors } from './added-connectors/added-connectors.js'

/** Any manifest of Airbyte's that lies in the project. */
export const declarativeConnector = manifestConnector(
  {
    name: 'declarative',
    title: 'Declarative connector',
    kind: 'source',
    description:
      'A manifest.yaml of Airbyte’s, interpreted here without Python or a container: a file of this project. `millrace connectors add` makes a connector of its own of one.',
    version: '0.1.0',
    releaseStage: 'beta',
    spec: declarativeSettingsSpec,
  },
  (settings, { projectDir, file }) => {
    const { manifest, config, allows_private_addresses: isAllowed } = readDeclarativeSettings(settings, file)
    const path = resolve(projectDir, manifest)
    // Whoever wrote it into the project knows what it asks for; one that came from elsewhere is named by its connector.
    return { path, config, allowsPrivateAddresses: isAllowed || isTrusted(readOrigin(dirname(path))) }
  },
)
