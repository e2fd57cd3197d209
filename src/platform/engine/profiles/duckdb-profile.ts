import { quoteIdentifier, quoteLiteral } from '../../../sql/index.js'

type Entries = Readonly<Record<string, unknown>>

/**
 * What a DuckDB profile asks for besides the file, as statements to run once it is open: `extensions`, `settings`, `secrets`
 * and `attach`, as dbt-duckdb reads them.
 */
export function setupStatements(credentials: Entries): string[] {
  return [
    ...list(credentials.extensions).flatMap(extension),
    ...Object.entries(mapping(credentials.settings)).map(([name, value]) => `set global ${name} = ${literal(value)}`),
    ...list(credentials.secrets).map((entry) => secret(mapping(entry))),
    ...list(credentials.attach).map((entry) => attach(mapping(entry))),
  ]
}

/** `httpfs`, or `{name: h3, repo: community}`. */
function extension(entry: unknown): string[] {
  const { name = entry, repo } = mapping(entry)
  const quoted = quoteIdentifier(String(name))
  return [`install ${quoted}${repo === undefined ? '' : ` from ${String(repo)}`}`, `load ${quoted}`]
}

/** `type` and `provider` are words of DuckDB, lists and mappings its literals, everything else texts. */
function secret({ name, persistent, scope, ...options }: Entries): string {
  const value = (key: string, given: unknown): string => {
    if (Array.isArray(given)) return `array [${given.map((item) => quoteLiteral(String(item))).join(', ')}]`
    if (given !== null && typeof given === 'object')
      return `map {${Object.entries(given)
        .map(([one, item]) => `${quoteLiteral(one)}: ${quoteLiteral(String(item))}`)
        .join(', ')}}`
    return key === 'type' || key === 'provider' ? String(given) : quoteLiteral(String(given))
  }
  const parts = [
    ...Object.entries(options)
      .filter(([, given]) => given !== undefined && given !== null)
      .map(([key, given]) => `${key} ${value(key, given)}`),
    ...(scope === undefined || scope === null ? [] : [scope].flat()).map((one) => `scope ${quoteLiteral(String(one))}`),
  ]
  const named = name === undefined ? '' : ` ${quoteIdentifier(String(name))}`
  return `create or replace ${persistent === true ? 'persistent ' : ''}secret${named} (${parts.join(', ')})`
}

function attach({ path, alias, type, read_only, secret: named, options }: Entries): string {
  const more = Object.entries(mapping(options)).map(([key, value]) => `${key} ${literal(value)}`)
  const all = [
    ...(type ? [`type ${String(type)}`] : []),
    ...(named ? [`secret ${quoteIdentifier(String(named))}`] : []),
    ...(read_only === true ? ['read_only'] : []),
    ...more,
  ]
  const name = alias ? ` as ${quoteIdentifier(String(alias))}` : ''
  return `attach if not exists ${quoteLiteral(String(path))}${name}${all.length > 0 ? ` (${all.join(', ')})` : ''}`
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const mapping = (value: unknown): Entries =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Entries) : {}
const literal = (value: unknown) =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : quoteLiteral(String(value))
