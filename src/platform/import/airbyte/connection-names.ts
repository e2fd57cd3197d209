/** Names that connections may have here, made of those that they have in Airbyte; each once. */
export function connectionNames(names: readonly string[]): string[] {
  const used = new Set<string>()
  return names.map((name) => {
    const plain = name
      .normalize('NFKD')
      .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
      .replace(/^[^A-Za-z]+|_+$/g, '')
      .toLowerCase()
    const base = plain === '' || plain === 'new' ? 'connection' : plain
    for (let i = 1; ; i++) {
      const free = i === 1 ? base : `${base}_${i}`
      if (used.has(free)) continue
      used.add(free)
      return free
    }
  })
}
