/** Where Airbyte keeps the manifests of its catalog. */
const airbytesOwn = 'https://connectors.airbyte.com/files/metadata/airbyte'

/** A connector of Airbyte's catalog, as people name it to `connectors add`. */
export const catalogName = (type: string, version: string): string =>
  `airbyte:source-${type}${version === 'latest' ? '' : `@${version}`}`

/**
 * The address of a manifest of Airbyte's catalog: of `airbyte:pokeapi`, `airbyte:source-pokeapi` or `airbyte:source-pokeapi@0.3.1`.
 * `MILLRACE_CONNECTOR_CATALOG` names a copy of the catalog instead. Undefined of what is named otherwise.
 */
export function catalogAddress(from: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const [, name, version = 'latest'] = /^airbyte:(?:source-)?([a-z\d][a-z\d-]*)(?:@([\w.-]+))?$/.exec(from) ?? []
  if (name === undefined) return undefined
  const catalog = (env.MILLRACE_CONNECTOR_CATALOG || airbytesOwn).replace(/\/+$/, '')
  return `${catalog}/source-${name}/${version}/manifest.yaml`
}
