const compiled = new Map<string, RegExp>()

/** Shell wildcards over a whole text: `*`, `?`, `[abc]`, `[!abc]`. */
export function matchesWildcard(text: string, pattern: string): boolean {
  let regex = compiled.get(pattern)
  if (!regex) {
    regex = new RegExp(`^${translate(pattern, '[\\s\\S]*', '[\\s\\S]')}$`)
    compiled.set(pattern, regex)
  }
  return regex.test(text)
}

/** The same for paths: `*` stays within one folder, `**` is any number of folders. */
export function pathPattern(pattern: string): RegExp {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.')
  const source = parts.map((part, i) => {
    const isLast = i === parts.length - 1
    if (part === '**') return isLast ? '.*' : '(?:[^/]+/)*'
    return translate(part, '[^/]*', '[^/]') + (isLast ? '' : '/')
  })
  return new RegExp(`^${source.join('')}$`)
}

function translate(pattern: string, many: string, one: string): string {
  return pattern.replace(/\[(!?)([^\]]+)\]|[\s\S]/g, (char, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\^]/g, '\\$&')}]`
    if (char === '*') return many
    if (char === '?') return one
    return char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  })
}
