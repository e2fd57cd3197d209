import type {
  ConfiguredStreamView,
  DiscoveredDraftStream,
  MapperView,
  RowConditionView,
} from '../../../../src/server/contract/index.js'

function conditionFields(condition: RowConditionView): string[] {
  if ('and' in condition) return condition.and.flatMap(conditionFields)
  if ('or' in condition) return condition.or.flatMap(conditionFields)
  return 'not' in condition ? conditionFields(condition.not) : [condition.field]
}

function mapperFields(mapper: MapperView): string[] {
  if (mapper.type === 'field-filtering') return []
  return mapper.type === 'row-filtering' ? conditionFields(mapper.where) : [mapper.field]
}

/** The fields without which a stream cannot be loaded: its key, its cursor, and what its mappers look at. */
const neededFields = ({ primaryKey = [], cursorField, mappers = [] }: ConfiguredStreamView): string[] => [
  ...primaryKey.map((path) => path.join('.')),
  ...(cursorField ? [cursorField.join('.')] : []),
  ...mappers.flatMap(mapperFields).filter((field) => field !== ''),
]

export const isFieldNeeded = (chosen: ConfiguredStreamView, field: string): boolean =>
  neededFields(chosen).includes(field)

export const isFieldLoaded = (chosen: ConfiguredStreamView, field: string): boolean =>
  chosen.fields === undefined || chosen.fields.includes(field) || isFieldNeeded(chosen, field)

/** With some fields more, or less. The last one stays: a stream without a field says nothing. */
export function withFields(
  stream: Pick<DiscoveredDraftStream, 'fields'>,
  chosen: ConfiguredStreamView,
  names: readonly string[],
  isOn: boolean,
): ConfiguredStreamView {
  const all = stream.fields.map(({ path }) => path)
  const loaded = all.filter((path) =>
    names.includes(path) ? isOn || isFieldNeeded(chosen, path) : isFieldLoaded(chosen, path),
  )
  if (loaded.length === 0)
    return names.length > 1 && names[0] !== undefined ? { ...chosen, fields: [names[0]] } : chosen
  const { fields: _, ...others } = chosen
  return loaded.length === all.length ? others : { ...others, fields: loaded }
}

/** What was just named as a key, as a cursor or in a mapper is loaded too. */
export function withNeeded(chosen: ConfiguredStreamView): ConfiguredStreamView {
  if (chosen.fields === undefined) return chosen
  const added = neededFields(chosen).filter((name) => !chosen.fields?.includes(name))
  return added.length === 0 ? chosen : { ...chosen, fields: [...chosen.fields, ...new Set(added)] }
}
