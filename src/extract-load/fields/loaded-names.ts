import { possibleName, shortName } from '../../sql/index.js'
import type { ConnectionStream, FieldPath } from '../contract.js'
import { renamed, withFields } from './mappers.js'
import type { OfferedField } from './offered-field.js'

/** What a field of a stream is called in its table. */
export type NameOf = (field: string) => string

/** Names of fields that a warehouse would cut off or cannot have, with those that stand for them. Plain JSON. */
export type KeptNames = Readonly<Record<string, string>>

/** @param kept the names that earlier syncs gave: a table keeps them, whatever they would be made of today */
export const loadedNames =
  (stream: Pick<ConnectionStream, 'mappers'>, maxBytes: number, kept: KeptNames = {}): NameOf =>
  (field) =>
    renamed(stream, field) ??
    (Object.hasOwn(kept, field) ? (kept[field] as string) : shortName(possibleName(field), maxBytes))

/** The names to keep once these fields are loaded; undefined where each field goes by its own. */
export function keptNames(
  kept: KeptNames | undefined,
  fields: readonly OfferedField[],
  stream: Pick<ConnectionStream, 'mappers'>,
  nameOf: NameOf,
): KeptNames | undefined {
  const others = fields
    .filter(({ name }) => renamed(stream, name) === undefined)
    .map(({ name }) => [name, nameOf(name)] as const)
    .filter(([name, loaded]) => name !== loaded)
  return others.length === 0 ? kept : { ...kept, ...Object.fromEntries(others) }
}

/** A stream in the names of its table. */
export function asLoaded(stream: ConnectionStream, nameOf: NameOf): ConnectionStream {
  const column = (path: FieldPath) => [nameOf(path.join('.'))]
  return {
    ...stream,
    primaryKey: stream.primaryKey?.map(column),
    cursorField: stream.cursorField && column(stream.cursorField),
    fields: stream.fields?.map(nameOf),
    mappers: stream.mappers && withFields(stream.mappers, nameOf),
    partitions: stream.partitions && { ...stream.partitions, field: nameOf(stream.partitions.field) },
  }
}
