import { quoteLiteral } from '../../../sql/index.js'
import type { ManifestSource } from '../../contract.js'

/** How dbt-duckdb writes the source's own values into its location. */
const formats: Readonly<Record<string, RegExp>> = {
  newstyle: /\{(\w+)\}/g,
  oldstyle: /%\((\w+)\)s/g,
  template: /\$\{?(\w+)\}?/g,
}

/**
 * Where a source's rows are when they are in no table: a file or a function of DuckDB, from `external_location` in its
 * config or meta (`read_csv('data/{name}.csv')`, `data/{name}.parquet`).
 */
export function externalLocation(source: ManifestSource): string | null {
  const setting = (name: string) => source.config[name] ?? source.meta[name]
  const location = setting('external_location')
  if (typeof location !== 'string') return null
  const pattern = formats[String(setting('formatter') ?? 'newstyle')] ?? (formats.newstyle as RegExp)
  const text = location.replace(pattern, (whole, key: string) => {
    const value = source[key] ?? source.config[key] ?? source.meta[key]
    return value === undefined || value === null ? whole : String(value)
  })
  return text.includes('(') || text.startsWith("'") ? text : quoteLiteral(text)
}
