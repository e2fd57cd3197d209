import type { Field } from './bigquery-column.js'

/** A field, and where it goes: the names of the records above it, and its own. */
export interface FieldAddition {
  readonly path: readonly string[]
  readonly field: Field
}

/** The fields with those that are missing behind them; those of records into the records. What is there stays as it is. */
export function withFields(fields: readonly Field[], additions: readonly FieldAddition[]): Field[] {
  const result = [...fields]
  for (const { path, field } of additions) {
    const [name = '', ...rest] = path
    const at = result.findIndex((one) => one.name.toLowerCase() === name.toLowerCase())
    const known = result[at]
    if (rest.length === 0) {
      if (!known) result.push(field)
      continue
    }
    const record: Field = known ?? { name, type: 'RECORD', mode: 'NULLABLE', fields: [] }
    const grown = { ...record, fields: withFields(record.fields ?? [], [{ path: rest, field }]) }
    if (known) result[at] = grown
    else result.push(grown)
  }
  return result
}
