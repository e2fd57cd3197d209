import { posix } from 'node:path'
import { isMapping, readYaml } from '../../../base/index.js'
import { platformErrors } from '../../errors.js'
import { type AirbyteActor, connectorType } from './airbyte-facts.js'
import { connectionOf, type ExportedConnection, type ExportParts } from './export-parts.js'
import type { TextFile } from './read-json-export.js'

type Mapping = Readonly<Record<string, unknown>>

/** Whether a YAML file is one of octavia-cli. */
export const isOctavia = ({ text }: TextFile): boolean =>
  /^definition_type:\s*["']?(source|destination|connection)\b/m.test(text)

/** The folders of octavia-cli: a YAML file for each source, destination and connection. @throws IMPORT_FILE_UNREADABLE */
export function readOctavia(files: readonly TextFile[]): ExportParts {
  const sources = new Map<string, AirbyteActor>()
  const destinations = new Map<string, AirbyteActor>()
  const connections: ExportedConnection[] = []
  for (const file of files) {
    const { value } = readYaml(file.text, file.path)
    if (!isMapping(value)) throw wrong(file, 'it holds no settings')
    const { definition_type: type } = value
    if (type === 'source') sources.set(placeOf(file.path), actor(value))
    else if (type === 'destination') destinations.set(placeOf(file.path), actor(value))
    else if (type === 'connection') connections.push(connection(value, file))
  }
  return { sources, destinations, connections, states: new Map(), notes: [] }
}

/** `sources/shop/configuration.yaml`, wherever the folders lie: by that a connection names its ends. */
const placeOf = (path: string) => path.replaceAll('\\', '/').split('/').slice(-3).join('/')

function actor(value: Mapping): AirbyteActor {
  const { resource_name: name, definition_image: image, definition_version: version, configuration } = value
  const repository = typeof image === 'string' ? image : ''
  return {
    name: String(name ?? repository),
    type: connectorType(repository || String(name ?? '')),
    image: repository === '' ? undefined : `${repository}:${String(version ?? 'latest')}`,
    config: isMapping(configuration) ? configuration : {},
  }
}

function connection(value: Mapping, file: TextFile): ExportedConnection {
  const { resource_name: name, configuration } = value
  if (!isMapping(configuration)) throw wrong(file, 'it has no `configuration`')
  const end = (what: 'source' | 'destination') => {
    const path = value[`${what}_configuration_path`]
    if (typeof path === 'string') return posix.normalize(placeOf(path))
    throw wrong(file, `it does not name its ${what} (\`${what}_configuration_path\`)`)
  }
  const { sync_catalog: catalog, ...settings } = configuration
  const told = camel(settings) as Mapping
  return connectionOf(
    {
      ...told,
      connectionId: file.path,
      name: String(name ?? ''),
      sourceId: end('source'),
      destinationId: end('destination'),
      syncCatalog: camel(catalog),
    },
    file.path,
  )
}

/** Names as the API writes them. A JSON Schema has the names of a source. */
function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel)
  if (!isMapping(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      name === 'json_schema' ? one : camel(one),
    ]),
  )
}

const wrong = ({ path }: TextFile, why: string) =>
  platformErrors.create('IMPORT_FILE_UNREADABLE', {
    message: `${path} is not as octavia-cli writes it: ${why}.`,
    at: { file: path },
    hint: 'Write it anew with `octavia import all`, or import from the running server.',
  })
