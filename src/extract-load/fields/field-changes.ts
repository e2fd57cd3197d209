import type { SchemaChange } from '../contract.js'
import type { AirbyteType } from '../protocol/declared-types.js'
import type { OfferedField } from './offered-field.js'

/** What else a type holds without a loss; text holds everything. */
const narrower: Readonly<Partial<Record<AirbyteType, readonly AirbyteType[]>>> = {
  number: ['integer'],
  timestamp_without_timezone: ['date'],
}

/** Whether every value of the second type has its place in a column of the first. A type that no value tells fits into all. */
export function holds(type: AirbyteType | undefined, other: AirbyteType | undefined): boolean {
  if (type === undefined || other === undefined || type === other) return true
  return ['string', 'json', 'time_with_timezone'].includes(type) || (narrower[type] ?? []).includes(other)
}

const byName = (fields: readonly OfferedField[]) => new Map(fields.map((field) => [field.name.toLowerCase(), field]))

/** How what a source offers differs from what was accepted of it: fields that came, whose type does not fit any more, that went. */
export function fieldChanges(accepted: readonly OfferedField[], offered: readonly OfferedField[]): SchemaChange[] {
  const known = accepted.filter(({ isGone }) => !isGone)
  const [before, now] = [byName(known), byName(offered)]
  return withLikelyRenames([
    ...offered.flatMap(({ name, type }): SchemaChange[] => {
      const old = before.get(name.toLowerCase())
      if (!old) return [{ kind: 'column_added', column: name, to: type }]
      return holds(old.type, type) ? [] : [{ kind: 'type_changed', column: old.name, from: old.type, to: type }]
    }),
    ...known
      .filter(({ name }) => !now.has(name.toLowerCase()))
      .map(({ name, type }): SchemaChange => ({ kind: 'column_removed', column: name, from: type })),
  ])
}

/**
 * Says of a column that came which one it may have been: no source tells of a new name. Only where one column of a type went and one of
 * that type came; of several nobody knows which is which.
 */
export function withLikelyRenames(changes: readonly SchemaChange[]): SchemaChange[] {
  const of = (kind: SchemaChange['kind'], type: string | undefined) =>
    changes.filter((one) => one.kind === kind && (kind === 'column_added' ? one.to : one.from) === type)
  return changes.map((change) => {
    const { kind, to } = change
    if (kind !== 'column_added' || of('column_added', to).length > 1) return change
    const [gone, ...others] = of('column_removed', to)
    return gone && others.length === 0 ? { ...change, renamedFrom: gone.column } : change
  })
}

/** The fields of an offer, each in the widest type that was accepted for it. */
export function widened(accepted: readonly OfferedField[], offered: readonly OfferedField[]): OfferedField[] {
  const before = byName(accepted)
  return offered.map((field) => {
    const old = before.get(field.name.toLowerCase())
    return old?.type !== undefined && holds(old.type, field.type) ? { ...field, type: old.type } : field
  })
}

/** The fields of several files, each in a type that holds what all of them have. */
export function unionOf(some: readonly OfferedField[], others: readonly OfferedField[]): readonly OfferedField[] {
  if (some.length === 0) return others
  const now = byName(others)
  const wider = (a: OfferedField, b: OfferedField | undefined): OfferedField =>
    b?.type === undefined || (a.type !== undefined && holds(a.type, b.type))
      ? a
      : { ...b, type: holds(b.type, a.type) ? b.type : 'string' }
  const known = byName(some)
  return [
    ...some.map((field) => wider(field, now.get(field.name.toLowerCase()))),
    ...others.filter(({ name }) => !known.has(name.toLowerCase())),
  ]
}

/** `x` (integer) is new, `v` (string) is gone, `n` was integer and is string now */
export function inWords(changes: readonly SchemaChange[]): string {
  const words = changes.map(({ kind, column, from, to, renamedFrom }) => {
    if (kind === 'type_changed') return `\`${column}\` was ${from} and is ${to} now`
    const type = to ?? from
    return `\`${column}\`${type === undefined ? '' : ` (${type})`} is ${kind === 'column_added' ? 'new' : 'gone'}${renamedFrom === undefined ? '' : `, perhaps renamed from \`${renamedFrom}\``}`
  })
  return words.join(', ')
}
