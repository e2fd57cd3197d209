import { readYaml } from '../../../base/index.js'
import type { Engine } from '../../../platform/index.js'
import type { ConnectorView } from '../../contract/index.js'

type Connector = Pick<ConnectorView, 'name' | 'title'> & {
  readonly kind: 'source' | 'destination'
  readonly version: string
}

/** A connector as the public API answers it. Those of ours are no images: the names say so. */
export const definitionResponse = ({ name, title, kind, version }: Connector, id: string) => ({
  id,
  name: title,
  dockerRepository: `millrace/${kind}-${name}`,
  dockerImageTag: version,
})

type ManifestText = Awaited<ReturnType<Engine['connectorManifest']>>

/** A connector that is a manifest, as the public API answers it. */
export const declarativeResponse = (id: string, name: string, manifest: ManifestText) => ({
  id,
  name,
  manifest: contentOf(manifest),
  version: revisionOf(manifest) ?? 1,
})

/** Which of the manifests that clients gave it this one is, from 1; undefined of one that did not come from them. */
export function revisionOf({ origin }: Pick<ManifestText, 'origin'>): number | undefined {
  return origin?.kind === 'text' && /^\d{1,9}$/.test(origin.version ?? '') ? Number(origin.version) : undefined
}

/** What is no YAML is told as it is: somebody wrote it in the project. */
export function contentOf({ yaml, file }: Pick<ManifestText, 'yaml' | 'file'>): unknown {
  try {
    return readYaml(yaml, file).value
  } catch {
    return yaml
  }
}
