/** How far a stream was read, in a person's words. */
export interface LoadedUpTo {
  readonly text: string
  /** The instant, where it is one that is known by its zone. */
  readonly at?: string
  /** What the value is of. */
  readonly title: string
}

/** Told from the state that the last sync committed; undefined where that says nothing to a person. */
export function loadedUpTo(state: unknown): LoadedUpTo | undefined {
  if (state === null || typeof state !== 'object') return undefined
  const { cursor, cursor_field: field, lsn, file, pos, xmin } = state as Readonly<Record<string, unknown>>
  if (typeof cursor === 'string' || typeof cursor === 'number')
    return {
      text: String(cursor),
      ...instantOf(String(cursor)),
      title: `The highest ${typeof field === 'string' ? field : 'cursor'} that is loaded: ${cursor}`,
    }
  if (typeof lsn === 'string') return { text: `LSN ${lsn}`, title: `The log is read up to ${lsn}` }
  if (typeof xmin === 'string')
    return { text: `xmin ${xmin}`, title: `What transactions before ${xmin} wrote is loaded` }
  if (typeof file === 'string' && typeof pos === 'number')
    return { text: `${file}:${pos}`, title: `The log is read up to ${file}, position ${pos}` }
  return undefined
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
