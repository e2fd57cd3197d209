import type { NameOf } from '../../fields/loaded-names.js'
import type { OfferedField } from '../../fields/offered-field.js'
import { isSameName } from '../../fields/same-name.js'
import { isOfSource, isSelected } from '../../fields/selection.js'
import { readStream, type SchemaSituation } from '../../loading/request/judge-schema.js'
import { isOwn } from '../../loading/rows/table-shape.js'
import type { StreamMode } from '../../loading/state/state-rows.js'

/** Ends a reading of what is new: rows of before lack columns that it brings, and the stream is to be read from the start. */
export class ColumnsToFill extends Error {
  readonly why: string

  constructor(fields: readonly string[]) {
    super('Rows of before lack columns.')
    this.why = fillReason(fields)
  }
}

export function fillReason(fields: readonly string[]): string {
  const [what, verb, them] = fields.length === 1 ? ['column', 'is', 'it'] : ['columns', 'are', 'them']
  return `the ${what} ${fields.map((name) => `\`${name}\``).join(', ')} ${verb} new, and rows of before are to have ${them}`
}

/** Why a stream is read from the start although its source did not change: it has fields to load that it was loaded without until now. */
export function selectsMore(situation: SchemaSituation, mode: StreamMode | undefined): string | undefined {
  const { stream, nameOf } = situation
  const before = mode?.fields
  if (!stream.fillsNewColumns || before === undefined) return undefined
  const now = readStream(situation).fields
  // What the source has besides shows only when it is asked.
  if (now === undefined) return 'all of its fields are loaded from now on'
  const more = now.filter((name) => !before.some((one) => isSameName(one, nameOf(name))))
  return more.length === 0 ? undefined : fillReason(more)
}

/** The fields of an offer that came to the source, where rows of before are to have their values as well. */
export function fieldsToFill(situation: SchemaSituation, offered: readonly OfferedField[]): readonly string[] {
  const { stream, connection, accepted } = situation
  if (!stream.fillsNewColumns || stream.syncMode !== 'incremental') return []
  // What came since is not loaded.
  if (connection.schemaChanges === 'ignore' && accepted) return []
  const known = knownNames(situation)
  return offered
    .map(({ name }) => name)
    .filter((name) => isSelected(stream, name) && !isOfSource(name) && !isOwn(name) && !known(name))
}

/** Whether a field was loaded before. Where nothing is noted, since somebody accepted whatever there is, the table tells. */
function knownNames({ accepted, table, nameOf }: SchemaSituation): (name: string) => boolean {
  const names = accepted ? accepted.filter(({ isGone }) => !isGone) : table
  const asNamed: NameOf = accepted ? (name) => name : nameOf
  return (name) => names.some((one) => isSameName(one.name, asNamed(name)))
}
