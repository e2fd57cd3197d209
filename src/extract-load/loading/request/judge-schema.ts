import type { Connection, ConnectionStream, SchemaChange } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { fieldChanges, inWords, widened } from '../../fields/field-changes.js'
import type { NameOf } from '../../fields/loaded-names.js'
import { checkMapperFields, checkRenamed } from '../../fields/mappers.js'
import { neededFields } from '../../fields/nested-paths.js'
import type { OfferedField } from '../../fields/offered-field.js'
import { isSameName } from '../../fields/same-name.js'
import { checkSelection, isOfSource, isSelected } from '../../fields/selection.js'
import type { TableColumn } from '../rows/table-shape.js'

type PolicyOf = Pick<Connection, 'name' | 'file' | 'locate' | 'schemaChanges'>

export interface SchemaSituation {
  readonly connection: PolicyOf
  /** As configured. */
  readonly stream: ConnectionStream
  /** The stream's table as it is. */
  readonly table: readonly TableColumn[]
  readonly nameOf: NameOf
  /** What the source had when the last sync took it; undefined before the first, or when the next one was allowed to take whatever there is. */
  readonly accepted: readonly OfferedField[] | undefined
  /** Is told of changes that are passed over. */
  readonly onIgnored: (message: string) => void
}

/** What a sync makes of the fields that a source offers for a stream. */
export interface SchemaVerdict {
  /** Noted together with the rows. */
  readonly accepted: readonly OfferedField[]
  /** What changed since, and is passed over: the table stays as it is. */
  readonly ignored: readonly SchemaChange[]
}

/** The stream as it is read: without the fields that came since, where changes are ignored. */
export function readStream({
  connection,
  stream,
  accepted,
}: Pick<SchemaSituation, 'connection' | 'stream' | 'accepted'>): ConnectionStream {
  if (connection.schemaChanges !== 'ignore' || !accepted) return stream
  return { ...stream, fields: accepted.map(({ name }) => name).filter((name) => isSelected(stream, name)) }
}

/**
 * Holds what a source has for a stream against what is asked of it, and against what it had before.
 * @throws FIELD_NOT_FOUND, MAPPER_INVALID, CURSOR_INVALID where a key is gone, SCHEMA_CHANGE_PAUSED
 */
export function judgeSchema(situation: SchemaSituation, offered: readonly OfferedField[]): SchemaVerdict {
  const { connection, stream, table, nameOf, accepted = offered } = situation
  const { file, locate } = connection
  const hasColumn = (name: string) => table.some((column) => isSameName(column.name, name))
  const names = offered.map(({ name }) => name)
  const loaded = (stream.fields ?? []).filter((field) => hasColumn(nameOf(field)) || isNamed(accepted, field))
  checkSelection(stream, names, {
    loaded,
    at: (index) => locate?.(['streams', stream.name, 'fields', index]) ?? { file },
  })
  const mapperAt = (index: number) => locate?.(['streams', stream.name, 'mappers', index]) ?? { file }
  checkMapperFields(stream, names, mapperAt)
  checkRenamed(stream, names.filter((name) => isSelected(stream, name)).map(nameOf), mapperAt)
  const changes = fieldChanges(accepted, offered).filter(
    ({ column }) => isSelected(stream, column) && !isOfSource(column),
  )
  checkNeeded(situation, changes)
  if (connection.schemaChanges === 'ignore') {
    if (changes.length > 0) situation.onIgnored(`passed over, as \`schema_changes: ignore\` says: ${inWords(changes)}`)
    return { accepted, ignored: changes }
  }
  if (connection.schemaChanges === 'pause' && changes.length > 0)
    throw extractLoadErrors.create('SCHEMA_CHANGE_PAUSED', {
      message: `The source of the stream \`${stream.name}\` changed: ${inWords(changes)}. Nothing was loaded, as \`schema_changes: pause\` says.`,
      at: locate?.(['schema_changes']) ?? { file },
      hint: `To take the stream as it is now: millrace connections accept ${connection.name} --stream ${stream.name}, then sync again.`,
    })
  const gone = loaded.filter((field) => !isNamed(offered, field)).map((name) => ({ name, isGone: true }))
  return { accepted: [...widened(accepted, offered), ...gone], ignored: [] }
}

const isNamed = (fields: readonly OfferedField[], name: string) => fields.some((field) => isSameName(field.name, name))

/** A stream without its key or its cursor cannot go on, whatever is to become of changes. */
function checkNeeded({ connection, stream }: SchemaSituation, changes: readonly SchemaChange[]): void {
  const uses = [
    ...neededFields({ primaryKey: stream.primaryKey }).map((name) => [name, 'primary_key'] as const),
    ...neededFields({ cursorField: stream.cursorField }).map((name) => [name, 'cursor_field'] as const),
  ]
  const gone = changes.filter(({ kind }) => kind === 'column_removed').map(({ column }) => column.toLowerCase())
  const [lost] = uses.filter(([name]) => gone.includes(name.toLowerCase()))
  if (!lost) return
  const [name, setting] = lost
  throw extractLoadErrors.create('CURSOR_INVALID', {
    message: `The source has lost \`${name}\`, the \`${setting}\` of the stream \`${stream.name}\`. Nothing was loaded; the table is as it was.`,
    at: connection.locate?.(['streams', stream.name, setting]) ?? { file: connection.file },
    hint: `Bring the column back, or set \`${setting}\` to another one and load from the start: millrace sync ${connection.name} --stream ${stream.name} --full-refresh.`,
  })
}
