import {
  changesMetadata,
  changesText,
  columnChanges,
  columnsIn,
  type TypedColumn,
} from '../../assets/schema-changes.js'
import { retryNumberTag } from '../../limits/run-tags.js'
import type { ValueOf } from '../inputs.js'
import { literal } from '../sql-literal.js'
import type { Table } from '../tables.js'
import { type BuiltInContext, type BuiltInOptions, builtInCheck } from './built-in-check.js'
import type { CheckDefinition } from './check.js'
import type { CheckedAsset } from './check-context.js'
import { type CheckedTable, tableOfChecked } from './checked-table.js'

/** The names of its columns, where the compiler knows them. */
type ColumnOf<Of> =
  Of extends Table<infer Row>
    ? keyof Row & string
    : Of extends { readonly type: 'asset' }
      ? ValueOf<Of> extends readonly (infer Row)[]
        ? keyof Row & string
        : string
      : string

export interface SchemaUnchangedOptions<Of> extends BuiltInOptions {
  /** New columns are told, and fail nothing. */
  readonly allow?: 'added'
  /** Columns of which nothing is said, whatever becomes of them. */
  readonly ignore?: readonly ColumnOf<Of>[]
}

/** Whether the columns of a table, and their types, are those that it had the last time. */
export function schemaUnchanged<const Of extends CheckedAsset>(
  of: Of,
  options: SchemaUnchangedOptions<Of> = {},
): CheckDefinition<Of> {
  const table = tableOfChecked('checks.schemaUnchanged', of)
  const { allow, ignore = [] } = options
  const usual = { name: 'schema_unchanged', description: 'Its columns and their types are those that it had before.' }
  return builtInCheck(of, usual, options, async (context) => {
    const columns = columnsIn(context.metadata) ?? (await columnsOf(context, table))
    if (columns.length === 0) return { passed: false, message: `Nothing is known of the columns of ${table.sql}` }
    const metadata = { columns: { type: 'columns', columns } } as const
    const before = await columnsBefore(context)
    if (!before) return { passed: true, message: 'The first time: there is nothing to compare with', metadata }
    const isLookedAt = ({ column }: { readonly column: string }) => !(ignore as readonly string[]).includes(column)
    const changes = columnChanges(before, columns).filter(isLookedAt)
    if (changes.length === 0) return { passed: true, message: 'As before', metadata }
    return {
      passed: allow === 'added' && changes.every(({ kind }) => kind === 'column_added'),
      message: changesText(changes),
      metadata: { ...metadata, schema_changes: changesMetadata(changes) },
    }
  })
}

/**
 * What it found the last time, good or bad: a change is told once, and whoever makes the asset again has accepted it. A run
 * that is tried again by itself has accepted nothing.
 */
async function columnsBefore({ history, tags }: BuiltInContext): Promise<readonly TypedColumn[] | undefined> {
  const { outcomes, materializations } = await history()
  const isRetry = tags[retryNumberTag] !== undefined
  const accepted = outcomes.filter(({ passed }) => passed || !isRetry)
  for (const { metadata } of outcomes.length > 0 ? accepted : materializations) {
    const found = columnsIn(metadata)
    if (found) return found
  }
  return undefined
}

function columnsOf({ query }: BuiltInContext, { schema, name }: CheckedTable): Promise<TypedColumn[]> {
  const place = schema === undefined ? 'current_schema()' : literal(schema)
  return query<{ name: string; type: string }>(
    `select column_name as name, data_type as type from information_schema.columns
     where table_schema = ${place} and table_name = ${literal(name)} order by ordinal_position`,
  )
}
