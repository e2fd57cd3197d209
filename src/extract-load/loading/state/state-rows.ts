import type { ConnectionStream } from '../../contract.js'
import type { KeptNames } from '../../fields/loaded-names.js'
import type { OfferedField } from '../../fields/offered-field.js'

/** How a stream was read when its state was written: a state goes on only under the same settings. */
export interface StreamMode
  extends Pick<ConnectionStream, 'syncMode' | 'destinationSyncMode' | 'cursorField' | 'primaryKey'> {
  /** The fields that were loaded, by the names of their columns; all of them where it is left out. */
  readonly fields?: readonly string[] | undefined
  /** What its mappers made of the rows, without secrets; none where it is left out. */
  readonly mappers?: string | undefined
}

/** A row of the table of states, for destinations that keep it elsewhere. */
export interface StateRow {
  readonly stream: string
  /** JSON texts, exact to the digit. */
  readonly state: string | null
  readonly mode: string | null
  readonly accepted: string | null
  readonly names: string | null
  readonly cleared?: string | null | undefined
  readonly reach?: string | null | undefined
  readonly generation_id: number
  readonly sync_id: number
  readonly updated_at: string
}

/** A state for people to look at, and what is known of the stream besides. */
export interface CommittedState {
  readonly stream: string
  readonly state: unknown
  readonly updatedAt?: string | undefined
  /** How it was loaded; undefined before the first sync. */
  readonly mode?: StreamMode | undefined
  readonly generationId: number
  /** The fields that the source had when the last sync took them. */
  readonly accepted?: readonly OfferedField[] | undefined
  /** What its fields are called in the table, where that is something else. */
  readonly names?: KeptNames | undefined
  /** Its table was emptied, and nothing was loaded since. */
  readonly isCleared: boolean
}

type Row = Pick<
  StateRow,
  'stream' | 'state' | 'mode' | 'accepted' | 'names' | 'cleared' | 'generation_id' | 'updated_at'
>

export const committedState = ({ stream, state, mode, accepted, names, cleared, ...row }: Row): CommittedState => ({
  stream,
  state: parsed(state),
  updatedAt: row.updated_at,
  mode: parsed(mode) as StreamMode | undefined,
  generationId: row.generation_id,
  accepted: parsed(accepted) as readonly OfferedField[] | undefined,
  names: parsed(names) as KeptNames | undefined,
  isCleared: parsed(cleared) === true,
})

const parsed = (json: string | null | undefined): unknown =>
  json === null || json === undefined ? undefined : (JSON.parse(json) as unknown)
