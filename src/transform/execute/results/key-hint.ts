import type { MillraceError } from '../../../base/index.js'

/** A name, or names with points between them, quoted or not. */
const columnName = /^\s*(?:[\w$]+|"[^"]+"|`[^`]+`)(?:\.(?:[\w$]+|"[^"]+"|`[^`]+`))*\s*$/
/** Strategies that put the name of a table before each key, as dbt's do, by what they call it. */
const tables = { DBT_INTERNAL_SOURCE: 'merge', DBT_INCREMENTAL_TARGET: 'delete+insert' } as const

/**
 * The database complains of `DBT_INTERNAL_SOURCE.lower(k)`, which nobody wrote. Some expressions pass there (`id::text`), so
 * they are not refused before.
 * @param uniqueKey as the model's config has it
 */
export function hintOfKey({ message }: MillraceError, uniqueKey: unknown, lastSql: string): string | undefined {
  if (!/ambiguous|not found|unknown|does not exist|not exist/i.test(message)) return undefined
  for (const key of [uniqueKey].flat()) {
    if (typeof key !== 'string' || columnName.test(key)) continue
    for (const [table, strategy] of Object.entries(tables))
      if (lastSql.includes(`${table}.${key}`))
        return `unique_key must name columns for strategy ${strategy}: \`${key}\` is an expression. Select it as a column of the model, and name that.`
  }
  return undefined
}
