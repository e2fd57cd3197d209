import type { ColumnInfo, ColumnKind, ResultColumn } from '../../warehouse/index.js'
import type { FileBatch } from '../connectors/connector.js'
import type { SchemaChange } from '../contract.js'
import { isNested } from '../file-formats/duckdb-reader.js'

export interface TableColumn {
  readonly name: string
  readonly type: string
  readonly kind: ColumnKind
}

/** Airbyte's columns, after those of the stream. */
export const metaColumns: readonly TableColumn[] = [
  { name: '_airbyte_raw_id', type: 'UUID', kind: 'uuid' },
  { name: '_airbyte_extracted_at', type: 'TIMESTAMP WITH TIME ZONE', kind: 'timestamptz' },
  { name: '_airbyte_meta', type: 'JSON', kind: 'json' },
  { name: '_airbyte_generation_id', type: 'BIGINT', kind: 'integer' },
]
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
  batch.isFromPattern ? [{ name: '_ab_source_file_url', type: 'VARCHAR', kind: 'text' }, fileTime] : [fileTime]

/** The columns of a table that holds these columns of a file. */
export function tableColumns(columns: readonly ResultColumn[]): TableColumn[] {
  return columns.map(({ name, type, kind }) =>
    isNested(kind) ? { name, type: 'JSON', kind: 'json' } : { name, type, kind },
  )
}

/** Kinds that hold everything of another kind, so that a column may be widened without loss. */
const wider: Readonly<Partial<Record<ColumnKind, readonly ColumnKind[]>>> = {
  integer: ['decimal', 'text'],
  decimal: ['text'],
  float: ['text'],
  boolean: ['text'],
  date: ['timestamp', 'text'],
  timestamp: ['text'],
  timestamptz: ['text'],
  time: ['text'],
  uuid: ['text'],
}

export interface ColumnPlan {
  readonly name: string
  /** The column's type in the table after the plan was carried out. */
  readonly type: string
  readonly action: 'keep' | 'add' | 'widen'
  /** The file's value has to be tried: what does not fit becomes NULL with a note. */
  readonly needsTryCast: boolean
}

/** How a table must change to take a file, and what a person should know about it. */
export function planColumns(
  table: readonly Pick<ColumnInfo, 'name' | 'type' | 'kind'>[],
  incoming: readonly TableColumn[],
): { readonly columns: readonly ColumnPlan[]; readonly changes: readonly SchemaChange[] } {
  const existing = new Map(table.map((column) => [column.name.toLowerCase(), column]))
  const changes: SchemaChange[] = []
  const columns = incoming.map((column): ColumnPlan => {
    const old = existing.get(column.name.toLowerCase())
    if (!old) {
      changes.push({ kind: 'column_added', column: column.name, to: column.type })
      return { name: column.name, type: column.type, action: 'add', needsTryCast: false }
    }
    if (old.type === column.type) return { name: old.name, type: old.type, action: 'keep', needsTryCast: false }
    if (old.kind === column.kind && !isNarrower(old.type, column.type))
      return { name: old.name, type: old.type, action: 'keep', needsTryCast: false }
    if (isNarrower(old.type, column.type) || wider[old.kind]?.includes(column.kind)) {
      changes.push({ kind: 'type_changed', column: old.name, from: old.type, to: column.type })
      return { name: old.name, type: column.type, action: 'widen', needsTryCast: false }
    }
    changes.push({ kind: 'type_changed', column: old.name, from: old.type, to: column.type })
    return { name: old.name, type: old.type, action: 'keep', needsTryCast: old.kind !== 'text' }
  })
  const names = new Set(incoming.map((column) => column.name.toLowerCase()))
  for (const column of table)
    if (
      !names.has(column.name.toLowerCase()) &&
      !column.name.startsWith('_airbyte_') &&
      !column.name.startsWith('_ab_')
    )
      changes.push({ kind: 'column_removed', column: column.name, from: column.type })
  return { columns, changes }
}

const ranks: Readonly<Record<string, number>> = {
  TINYINT: 1,
  SMALLINT: 2,
  INTEGER: 3,
  BIGINT: 4,
  HUGEINT: 5,
  FLOAT: 1,
  DOUBLE: 2,
}
/** Within one kind: the incoming type holds more than the table's. */
function isNarrower(old: string, incoming: string): boolean {
  const [a, b] = [ranks[old], ranks[incoming]]
  const isSameFamily = /FLOAT|DOUBLE/.test(old) === /FLOAT|DOUBLE/.test(incoming)
  return a !== undefined && b !== undefined && isSameFamily && a < b
}
