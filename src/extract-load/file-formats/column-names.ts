/** Names that are equal but for their case get a number; one that stands alone keeps its name. */
export function withoutTwins(names: readonly string[]): string[] {
  const taken = new Set<string>()
  const all = new Set(names.map((name) => name.toLowerCase()))
  return names.map((name) => {
    let free = name
    for (let n = 1; taken.has(free.toLowerCase()) || (free !== name && all.has(free.toLowerCase())); n++)
      free = `${name}_${n}`
    taken.add(free.toLowerCase())
    return free
  })
}
