import type { ConfiguredStreamView, DiscoveredDraftStream } from '../../../../src/server/contract/index.js'

/** A stream cannot be loaded without its key and its cursor. */
export const isFieldNeeded = ({ primaryKey = [], cursorField = [] }: ConfiguredStreamView, field: string): boolean =>
  [...primaryKey.map((path) => path.join('.')), cursorField.join('.')].includes(field)

export const isFieldLoaded = (chosen: ConfiguredStreamView, field: string): boolean =>
  chosen.fields === undefined || chosen.fields.includes(field) || isFieldNeeded(chosen, field)

/** With one field more, or one less. The last one stays: a stream without a field says nothing. */
export function withField(
  stream: Pick<DiscoveredDraftStream, 'fields'>,
  chosen: ConfiguredStreamView,
  field: string,
  isOn: boolean,
): ConfiguredStreamView {
  const all = stream.fields.map(({ path }) => path)
  const loaded = all.filter((path) => (path === field ? isOn : isFieldLoaded(chosen, path)))
  if (loaded.length === 0) return chosen
  const { fields: _, ...others } = chosen
  return loaded.length === all.length ? others : { ...others, fields: loaded }
}

/** A key or cursor that was just named is loaded too. */
export function withNeeded(chosen: ConfiguredStreamView): ConfiguredStreamView {
  if (chosen.fields === undefined) return chosen
  const needed = [...(chosen.primaryKey ?? []), ...(chosen.cursorField ? [chosen.cursorField] : [])]
    .map((path) => path.join('.'))
    .filter((name) => !chosen.fields?.includes(name))
  return { ...chosen, fields: [...chosen.fields, ...needed] }
}
