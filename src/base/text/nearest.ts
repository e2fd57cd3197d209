/** Nobody mistypes a longer name; to compare one that somebody made up would take as long as it is long. */
const longestName = 300

/**
 * The candidates most like a name that nobody knows, best first: for «Did you mean …?». Case does not count, and a name
 * may be cut off; what differs in more than a third of its letters is no suggestion.
 */
export function nearest(name: string, candidates: Iterable<string>, atMost = 3): string[] {
  const wanted = name.toLowerCase()
  if (wanted.length > longestName) return []
  const limit = Math.max(2, Math.floor(wanted.length / 3))
  return [...candidates]
    .filter((candidate) => candidate.length >= wanted.length - limit)
    .map((candidate) => ({ candidate, distance: difference(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || a.candidate.length - b.candidate.length)
    .slice(0, atMost)
    .map(({ candidate }) => candidate)
}

function difference(wanted: string, candidate: string): number {
  const whole = editDistance(wanted, candidate)
  return candidate.length > wanted.length
    ? Math.min(whole, editDistance(wanted, candidate.slice(0, wanted.length)) + 1)
    : whole
}

/** How many letters must be put in, taken out or changed to turn one text into the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] as number) + 1,
          (next[j - 1] as number) + 1,
          (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row[b.length] as number
}
