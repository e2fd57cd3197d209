/**
 * The line of a template that a line of its compiled SQL came from, both counted from 1. Lines without templates read the
 * same on both sides and are anchors; between two anchors that lie equally far apart, lines correspond one to one.
 * Undefined where a loop, an `if` or a macro of several lines made the SQL.
 */
export function writtenLine(template: string, compiled: string, line: number): number | undefined {
  const [written, made] = [template, compiled].map((text) => text.split('\n').map((one) => one.trim()))
  if (!written || !made) return undefined
  const [writtenPlaces, madePlaces] = [placesOf(written), placesOf(made)]
  /** The template's line (from 0) that reads as this one does, counted among its equals. */
  const anchor = (at: number): number | undefined => {
    const text = made[at]
    if (text === undefined || text === '') return undefined
    const [there, here] = [writtenPlaces.get(text), madePlaces.get(text)]
    return there && here && there.length === here.length ? there[here.indexOf(at)] : undefined
  }
  const at = line - 1
  const own = anchor(at)
  if (own !== undefined) return own + 1
  const before = nearest(at, -1, made.length, anchor) ?? { made: -1, written: -1 }
  const after = nearest(at, 1, made.length, anchor) ?? { made: made.length, written: written.length }
  const isOneToOne = after.written - before.written === after.made - before.made
  return isOneToOne ? before.written + (at - before.made) + 1 : undefined
}

/** Where each text stands, as indices. */
function placesOf(lines: readonly string[]): ReadonlyMap<string, number[]> {
  const places = new Map<string, number[]>()
  for (const [i, text] of lines.entries()) {
    const known = places.get(text)
    if (known) known.push(i)
    else places.set(text, [i])
  }
  return places
}

function nearest(from: number, step: 1 | -1, length: number, anchor: (at: number) => number | undefined) {
  for (let made = from + step; made >= 0 && made < length; made += step) {
    const written = anchor(made)
    if (written !== undefined) return { made, written }
  }
  return undefined
}
