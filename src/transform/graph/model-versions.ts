/** Which version of a model is the later one: as numbers when both are, else as text. */
export function compareModelVersions(a: string | number, b: string | number): number {
  const [left, right] = [Number(a), Number(b)]
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}
