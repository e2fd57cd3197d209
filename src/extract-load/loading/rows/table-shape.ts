import type { ColumnKind } from '../../../warehouse/index.js'
import type { FileBatch } from '../../connectors/connector.js'
import type { SchemaChange } from '../../contract.js'
import { isSameName } from '../../fields/same-name.js'
import type { FileColumn } from '../../file-formats/open-file.js'
import { commonType } from './column-types.js'

export interface TableColumn {
  readonly name: string
  readonly type: string
  readonly kind: ColumnKind
  /** Known to hold no value: it fits every type, and takes the one that comes. */
  readonly isEmpty?: boolean | undefined
}

/** The column of this name, in whatever case. */
export const columnNamed = <Column extends { readonly name: string }>(
  columns: readonly Column[],
  name: string,
): Column | undefined => columns.find((column) => isSameName(column.name, name))

/** Airbyte's columns, after those of the stream. */
export const metaColumns: readonly TableColumn[] = [
  { name: '_airbyte_raw_id', type: 'UUID', kind: 'uuid' },
  { name: '_airbyte_extracted_at', type: 'TIMESTAMP WITH TIME ZONE', kind: 'timestamptz' },
  { name: '_airbyte_meta', type: 'JSON', kind: 'json' },
  { name: '_airbyte_generation_id', type: 'BIGINT', kind: 'integer' },
]

const fileUrl: TableColumn = { name: '_ab_source_file_url', type: 'VARCHAR', kind: 'text' }
const fileTime: TableColumn = {
  name: '_ab_source_file_last_modified',
  type: 'TIMESTAMP WITH TIME ZONE',
  kind: 'timestamptz',
}

/**
 * What a stream of files has besides. Where the stream is one file, its name in each row would say nothing and cost a
 * fifth of the load.
 */
export const fileColumns = (batch: Pick<FileBatch, 'isFromPattern'>): readonly TableColumn[] =>
  batch.isFromPattern ? [fileUrl, fileTime] : [fileTime]

/** A name that Millrace fills itself: a file's own column of that name (an exported table's) is left out. */
const ownNames = new Set([...metaColumns.map((column) => column.name), fileUrl.name, fileTime.name])
export const isOwn = (name: string) => ownNames.has(name.toLowerCase())

/** The columns of a table that holds these columns of a file; nested ones are JSON, whatever the file said. */
export function tableColumns(columns: readonly FileColumn[]): TableColumn[] {
  return columns
    .filter((column) => !isOwn(column.name))
    .map((column) =>
      column.kind === 'list' || column.kind === 'struct' ? { ...column, type: 'JSON', kind: 'json' } : column,
    )
}

export interface ColumnPlan {
  readonly incoming: TableColumn
  /** The column of the table after the plan was carried out. */
  readonly column: TableColumn
  /** As it is in the table now; undefined when the table does not have it. */
  readonly old: TableColumn | undefined
  /** Nothing holds both types: what does not fit the table's becomes NULL with a note. */
  readonly isUnrelated: boolean
}

/** The columns that the table had before: only those can tell that it holds a row already. */
export const knownColumns = (plan: readonly ColumnPlan[]): readonly ColumnPlan[] =>
  plan.filter(({ old }) => old !== undefined)

export const isWidened = ({ old, column }: ColumnPlan) => old !== undefined && old.type !== column.type

/** How a table must change to take these columns. `isEmpty` tells of columns without a single value: they fit any type. */
export function planColumns(
  table: readonly TableColumn[],
  incoming: readonly TableColumn[],
  isEmpty: (column: TableColumn) => boolean = () => false,
): ColumnPlan[] {
  const existing = new Map(table.map((column) => [column.name.toLowerCase(), column]))
  return incoming.map((column): ColumnPlan => {
    const old = existing.get(column.name.toLowerCase())
    if (!old) return { incoming: column, column, old, isUnrelated: false }
    if (column.isEmpty || isEmpty(column)) return { incoming: column, column: old, old, isUnrelated: false }
    const common = old.isEmpty ? column : commonType(old, column)
    return {
      incoming: column,
      column: common ? { name: old.name, type: common.type, kind: common.kind } : old,
      old,
      isUnrelated: common === undefined,
    }
  })
}

/** What a person should know about a plan: columns that came, went, or changed their type. */
export function schemaChanges(table: readonly TableColumn[], plan: readonly ColumnPlan[]): SchemaChange[] {
  if (table.length === 0) return []
  const changes = plan.flatMap((step): SchemaChange[] => {
    const { old, column, incoming } = step
    if (!old) return isOwn(column.name) ? [] : [{ kind: 'column_added', column: column.name, to: column.type }]
    if (isWidened(step)) return [{ kind: 'type_changed', column: column.name, from: old.type, to: column.type }]
    return step.isUnrelated ? [{ kind: 'type_changed', column: column.name, from: old.type, to: incoming.type }] : []
  })
  const names = new Set(plan.map((step) => step.incoming.name.toLowerCase()))
  const gone = table.filter((column) => !names.has(column.name.toLowerCase()) && !isOwn(column.name))
  return [
    ...changes,
    ...gone.map(({ name, type }): SchemaChange => ({ kind: 'column_removed', column: name, from: type })),
  ]
}
