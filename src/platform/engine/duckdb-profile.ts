type Entries = Readonly<Record<string, unknown>>

/**
 * What a DuckDB profile asks for besides the file, as statements to run once it is open: `extensions`, `settings` and
 * `attach`, as dbt-duckdb reads them.
 */
export function setupStatements(credentials: Entries): string[] {
  return [
    ...list(credentials.extensions).flatMap(extension),
    ...Object.entries(mapping(credentials.settings)).map(([name, value]) => `set global ${name} = ${literal(value)}`),
    ...list(credentials.attach).map((entry) => attach(mapping(entry))),
  ]
}

/** `httpfs`, or `{name: h3, repo: community}`. */
function extension(entry: unknown): string[] {
  const { name = entry, repo } = mapping(entry)
  const quoted = quoteIdentifier(String(name))
  return [`install ${quoted}${repo === undefined ? '' : ` from ${String(repo)}`}`, `load ${quoted}`]
}

function attach({ path, alias, type, read_only, options }: Entries): string {
  const more = Object.entries(mapping(options)).map(([key, value]) => `${key} ${literal(value)}`)
  const all = [...(type ? [`type ${String(type)}`] : []), ...(read_only === true ? ['read_only'] : []), ...more]
  const name = alias ? ` as ${quoteIdentifier(String(alias))}` : ''
  return `attach if not exists ${quoteLiteral(String(path))}${name}${all.length > 0 ? ` (${all.join(', ')})` : ''}`
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const mapping = (value: unknown): Entries =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Entries) : {}
const literal = (value: unknown) =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : quoteLiteral(String(value))
const quoteIdentifier = (name: string) => `"${name.replaceAll('"', '""')}"`
const quoteLiteral = (text: string) => `'${text.replaceAll("'", "''")}'`
