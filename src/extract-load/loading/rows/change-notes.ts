import { quoteLiteral } from '../../../sql/index.js'

/** A value that may have no place in its column. */
export interface Misfit {
  readonly field: string
  /** SQL: whether it is so in this row. */
  readonly isMisfit: string
  /** Airbyte's word for it; that no cast was possible when left out. */
  readonly reason?: 'DESTINATION_FIELD_SIZE_LIMITATION' | 'PLATFORM_SERIALIZATION_ERROR' | undefined
}

/** SQL: whether what came is a value, and nothing is left of it in the column. */
export const isNulled = (came: string, kept: string) => `(${came} is not null and ${kept} is null)`

/** SQL: `_airbyte_meta` of a row, with a note for each value that became NULL behind the changes of before. */
export function metaWithNotes(earlierChanges: string, misfits: readonly Misfit[], syncId: number): string {
  const notes = misfits.map(({ field, isMisfit, reason = 'DESTINATION_TYPECAST_ERROR' }) => {
    const note = JSON.stringify({ field, change: 'NULLED', reason })
    return `case when ${isMisfit} then ${quoteLiteral(note)}::json end`
  })
  const changes =
    notes.length === 0
      ? earlierChanges
      : `list_concat(${earlierChanges}, list_filter([${notes.join(', ')}], lambda note: note is not null))`
  return `json_object('sync_id', ${syncId}, 'changes', ${changes})::json`
}

/** SQL: the same where it costs next to nothing if no value of the row is a misfit. @param usual the SQL of it then */
export function metaUnless(misfits: readonly Misfit[], usual: string, noted: string): string {
  if (misfits.length === 0) return usual
  return `case when ${misfits.map(({ isMisfit }) => `not ${isMisfit}`).join(' and ')} then ${usual} else ${noted} end`
}

/** SQL: the list of `changes` in a `_airbyte_meta`. */
export const changesOf = (meta: string) => `from_json(json_extract(${meta}, '$.changes'), '["JSON"]')`
