/** A value as SQL writes it. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number')
    return Number.isFinite(value) ? `${value}::double precision` : `'${value}'::double precision`
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return `'${value.toISOString()}'::timestamp with time zone`
  return `'${String(value).replaceAll("'", "''")}'`
}
