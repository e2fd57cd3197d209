/** How far a stream was read, in a person's words. */
export interface LoadedUpTo {
  readonly text: string
  /** The instant, where it is one that is known by its zone. */
  readonly at?: string
  /** What the value is of. */
  readonly title: string
  /** The cursor by which the source reads what is new, where its state names it. */
  readonly field?: string
}

/** Told from the state that the last sync committed; undefined where that says nothing to a person. */
export function loadedUpTo(state: unknown): LoadedUpTo | undefined {
  if (state === null || typeof state !== 'object') return undefined
  const { cursor, cursor_field: field, lsn, file, pos, xmin, stream } = state as Fields
  if (typeof cursor === 'string' || typeof cursor === 'number')
    return readTo(cursor, typeof field === 'string' ? field : undefined)
  if (typeof lsn === 'string') return { text: `LSN ${lsn}`, title: `The log is read up to ${lsn}` }
  if (typeof xmin === 'string')
    return { text: `xmin ${xmin}`, title: `What transactions before ${xmin} wrote is loaded` }
  if (typeof file === 'string' && typeof pos === 'number')
    return { text: `${file}:${pos}`, title: `The log is read up to ${file}, position ${pos}` }
  return isFields(stream) && isFields(stream.stream_state) ? ofMessage(stream.stream_state) : undefined
}

type Fields = Readonly<Record<string, unknown>>
type Value = string | number

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const readTo = (value: Value, field: string | undefined): LoadedUpTo => ({
  text: String(value),
  ...instantOf(String(value)),
  title: `The highest ${field ?? 'cursor'} that is loaded: ${value}`,
  ...(field === undefined ? {} : { field }),
})

/** What a source of messages committed, in the words of Airbyte's CDK: the value of its cursor, or one for each partition. */
function ofMessage(state: Fields): LoadedUpTo | undefined {
  const { states, state: ofAll, use_global_cursor: isGlobal } = state
  const parts = Array.isArray(states)
    ? states.flatMap((one: unknown) => onlyValue(isFields(one) ? one.cursor : one))
    : []
  const [first] = parts
  if (isGlobal !== true && first) {
    const values = parts.map(({ value }) => value).sort(byValue)
    const [lowest = '', highest = ''] = [values[0], values.at(-1)]
    const count = `${parts.length} ${parts.length === 1 ? 'partition' : 'partitions'}`
    return {
      text: lowest === highest ? `${count} up to ${lowest}` : `${count} up to ${lowest} … ${highest}`,
      title: `The highest ${first.field} that is loaded, by partition: from ${lowest} to ${highest}`,
      field: first.field,
    }
  }
  const [known] = onlyValue(isFields(ofAll) ? ofAll : state)
  return known && readTo(known.value, known.field)
}

/** Of a mapping with one value; none of any other. */
function onlyValue(cursor: unknown): readonly { readonly field: string; readonly value: Value }[] {
  const [only, ...others] = isFields(cursor) ? Object.entries(cursor) : []
  if (!only || others.length > 0) return []
  const [field, value] = only
  return typeof value === 'string' || typeof value === 'number' ? [{ field, value }] : []
}

const byValue = (a: Value, b: Value): number => {
  const [x, y] = [Number(a), Number(b)]
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}

/** `2026-03-10 12:00:00.5+00` as the warehouse prints it; what has no zone is no instant. */
function instantOf(text: string): { at?: string } {
  const [, day, time, zone] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d(?::?\d\d)?)$/.exec(text) ?? []
  if (zone === undefined) return {}
  const offset = zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
  const at = new Date(`${day}T${time}${offset}`)
  return Number.isNaN(at.getTime()) ? {} : { at: at.toISOString() }
}
