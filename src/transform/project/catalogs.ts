import { join } from 'node:path'
import type { SourceLocation } from '../../base/index.js'
import { repr } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'
import type { SettingsRenderer } from './render.js'
import { isMapping, mappings, readYamlFileIfExists } from './yaml-file.js'

const keys = ['name', 'type', 'table_format', 'config']
const formats = ['default', 'iceberg']

/**
 * Catalogs that a project declares in catalogs.yml (its second form: the flag use_catalogs_v2) are checked, and then refused:
 * neither engine here writes into one.
 * @throws TRANSFORM_PROJECT_INVALID, TRANSFORM_UNSUPPORTED
 */
export function refuseCatalogs(projectDir: string, adapterType: string, render: SettingsRenderer): void {
  const file = 'catalogs.yml'
  const document = readYamlFileIfExists(join(projectDir, file), file)
  if (!document || Object.keys(document.mapping).length === 0) return
  const unknown = Object.keys(document.mapping).filter((key) => key !== 'catalogs')
  if (unknown.length > 0)
    throw invalid(`Unknown top-level keys in catalogs.yml: ${repr(unknown.sort())}. Only 'catalogs' is allowed`, {
      file,
    })
  const entries = document.mapping.catalogs
  if (!Array.isArray(entries)) throw invalid("'catalogs' in catalogs.yml must be a list", document.locate(['catalogs']))
  const names = entries.map((entry: unknown, i) =>
    catalogName(render(entry, document), document.locate(['catalogs', i])),
  )
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw invalid(`Duplicate catalog name '${twice}' in catalogs.yml`, { file })
  if (names.length > 0)
    throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
      message: `Adapter '${adapterType}' does not support catalogs.yml v2 yet.`,
      at: { file },
      hint: 'Remove the file, or turn the flag use_catalogs_v2 off.',
    })
}

/**
 * The first version of catalogs.yml: no engine here writes into a catalog, but what is wrong with the file is said, as by dbt.
 * @throws TRANSFORM_PROJECT_INVALID
 */
export function checkCatalogs(projectDir: string, render: SettingsRenderer): void {
  const file = 'catalogs.yml'
  const document = readYamlFileIfExists(join(projectDir, file), file)
  const entries = document?.mapping.catalogs
  if (!document || !Array.isArray(entries)) return
  for (const [i, entry] of entries.entries()) {
    const catalog = render(entry, document)
    const at = document.locate(['catalogs', i])
    if (!isMapping(catalog)) throw invalid("Each entry in catalogs.yml 'catalogs' must be a mapping", at)
    const name = String(catalog.name)
    const integrations = mappings(catalog.write_integrations).map((one) => String(one.name))
    const twice = integrations.find((one, k) => integrations.indexOf(one) < k)
    if (twice !== undefined)
      throw invalid(`Catalog '${name}' cannot have multiple 'write_integrations' with the same name: '${twice}'.`, at)
    const { active_write_integration: active } = catalog
    if (!active && integrations.length !== 1)
      throw invalid(
        `Catalog '${name}' must specify an 'active_write_integration' when multiple 'write_integrations' are provided.`,
        at,
      )
    if (active && !integrations.includes(String(active)))
      throw invalid(
        `Catalog '${name}' must specify an 'active_write_integration' from its set of defined 'write_integrations': ${repr(integrations)}. Got: '${String(active)}'.`,
        at,
      )
  }
}

function catalogName(entry: unknown, at: SourceLocation): string {
  if (!isMapping(entry)) throw invalid("Each entry in catalogs.yml 'catalogs' must be a mapping", at)
  const unknown = Object.keys(entry).filter((key) => !keys.includes(key))
  if (unknown.length > 0)
    throw invalid(`Unknown keys in catalog entry: ${repr(unknown.sort())}. Allowed keys: ${repr([...keys].sort())}`, at)
  const missing = keys.filter((key) => !(key in entry))
  if (missing.length > 0) throw invalid(`Missing required keys in catalog entry: ${repr(missing)}`, at)
  const { name, table_format: format, config } = entry
  if (typeof name !== 'string' || name.trim() === '') throw invalid('catalogs[].name must be a non-empty string', at)
  if (!formats.includes(String(format).toLowerCase()))
    throw invalid(`Invalid table_format '${String(format)}'. Must be one of ${repr(formats)}`, at)
  if (!isMapping(config)) throw invalid(`Catalog '${name}' config must be a mapping`, at)
  const platform = Object.entries(config).find(([, value]) => value !== null && !isMapping(value))?.[0]
  if (platform !== undefined) throw invalid(`Catalog '${name}' config.${platform} must be a mapping`, at)
  return name.trim()
}

const invalid = (message: string, at: SourceLocation) =>
  transformErrors.create('TRANSFORM_PROJECT_INVALID', { message, at })
