import { join } from 'node:path'
import type { SourceLocation } from '../../base/index.js'
import { repr } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'
import type { SettingsRenderer } from './render.js'
import { isMapping, readYamlFileIfExists } from './yaml-file.js'

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
