import type { ColumnChange, Metadata, MetadataValue } from '../contract/index.js'

export interface TypedColumn {
  readonly name: string
  readonly type: string
}

/** The columns that some metadata tell; undefined where they tell none. */
export function columnsIn({ columns }: Metadata): readonly TypedColumn[] | undefined {
  return typeof columns === 'object' && columns?.type === 'columns' ? columns.columns : undefined
}

/** What became of columns; types are the same whatever their case. */
export function columnChanges(before: readonly TypedColumn[], now: readonly TypedColumn[]): ColumnChange[] {
  const [old, known] = [before, now].map((all) => new Map(all.map(({ name, type }) => [name, type])))
  return [
    ...now.flatMap(({ name, type }): ColumnChange[] => {
      const from = old?.get(name)
      if (from === undefined) return [{ kind: 'column_added', column: name, to: type }]
      if (from.toLowerCase() === type.toLowerCase()) return []
      return [{ kind: 'type_changed', column: name, from, to: type }]
    }),
    ...before
      .filter(({ name }) => !known?.has(name))
      .map(({ name, type }): ColumnChange => ({ kind: 'column_removed', column: name, from: type })),
  ]
}

/** `the column note (VARCHAR) is new; …` */
export const changesText = (changes: readonly ColumnChange[]): string => changes.map(changeText).join('; ')

function changeText({ kind, column, from, to, renamedFrom }: ColumnChange): string {
  if (kind === 'type_changed') return `the column ${column} was ${from} and is ${to} now`
  if (kind === 'column_added')
    return `the column ${column}${to === undefined ? '' : ` (${to})`} is new${renamedFrom === undefined ? '' : `, perhaps renamed from ${renamedFrom}`}`
  return `the column ${column} is gone`
}

/** As metadata have them. */
export const changesMetadata = (changes: readonly ColumnChange[]): MetadataValue => ({ type: 'json', value: changes })

/** The changes that some metadata tell. */
export function changesIn({ schema_changes: told }: Metadata): readonly ColumnChange[] {
  return typeof told === 'object' && told?.type === 'json' && Array.isArray(told.value) ? told.value : []
}
