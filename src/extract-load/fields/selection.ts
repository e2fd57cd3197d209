import type { SourceLocation } from '../../base/index.js'
import type { ConfiguredStream } from '../contract.js'
import { fieldNotFound } from './field-not-found.js'
import { isFiltered } from './mappers.js'
import { isSameName } from './same-name.js'

type Selection = Pick<ConfiguredStream, 'name' | 'fields'>
type Choice = Pick<ConfiguredStream, 'fields' | 'mappers' | 'includesFiles'>

/** What records say of the files that they are about, as Airbyte's protocol calls it. */
export const fileFields = { path: 'source_file_relative_path', size: 'file_size_bytes' } as const
const fileFieldNames: readonly string[] = Object.values(fileFields)

/** What a source says of a row besides: from which file it is, when it was deleted. Without it rows would stay that are gone. */
export const isOfSource = (name: string) => name.toLowerCase().startsWith('_ab_')

/** Whether a field of a stream is loaded. Where files are included, `fields` need not name where they are: nobody would find them otherwise. */
export const isSelected = ({ fields, mappers, includesFiles }: Choice, name: string): boolean =>
  isOfSource(name) ||
  ((fields === undefined ||
    fields.some((field) => isSameName(field, name)) ||
    (includesFiles === true && fileFieldNames.includes(name))) &&
    !isFiltered({ mappers }, name))

/** The first of these fields that `fields` leaves out although the stream cannot do without it. */
export const unselected = (selection: Choice, needed: readonly string[]): string | undefined =>
  needed.find((name) => !isSelected(selection, name))

/**
 * Refuses a selected field that there is not. One that was there until now is no mistake: the source has lost it.
 * @param offered the fields that the source has
 * @param loaded the columns that the stream's table has already
 * @throws FIELD_NOT_FOUND
 */
export function checkSelection(
  stream: Selection,
  offered: readonly string[],
  {
    loaded = [],
    at,
  }: { readonly loaded?: readonly string[]; readonly at?: ((index: number) => SourceLocation) | undefined } = {},
): void {
  const known = [...offered, ...loaded]
  for (const [i, field] of (stream.fields ?? []).entries()) {
    if (known.some((name) => isSameName(name, field)) || isOfSource(field)) continue
    throw fieldNotFound(stream.name, field, offered, { why: '`fields` names', at: at?.(i) })
  }
}
