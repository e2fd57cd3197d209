interface Named {
  readonly connectionId: string
  readonly name: string
}

/**
 * Names that connections may have here, made of those that they have in Airbyte; each once.
 * @param all connections that there are, also those that are not taken along: so a name means the same one every time
 * @returns by the id of the connection
 */
export function connectionNames(all: readonly Named[]): ReadonlyMap<string, string> {
  const used = new Set<string>()
  const ordered = [...all].sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1))
  return new Map(
    ordered.map(({ connectionId, name }) => {
      const base = plainName(name)
      for (let i = 1; ; i++) {
        const free = i === 1 ? base : `${base}_${i}`
        if (used.has(free)) continue
        used.add(free)
        return [connectionId, free] as const
      }
    }),
  )
}

function plainName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^[^A-Za-z]+|_+$/g, '')
    .toLowerCase()
  return plain === '' || plain === 'new' ? 'connection' : plain
}
