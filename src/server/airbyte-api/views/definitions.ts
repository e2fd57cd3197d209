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
