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
  return pattern.replace(
    /\[(!?)(\][^\]]*|[^\]]+)\]|[\s\S]/g,
    (char, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return translateSet(set, not === '!', one)
      if (char === '*') return many
      if (char === '?') return one
      return char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    },
  )
}

/** A range that ends before it starts has no characters, as in Python's fnmatch. */
function translateSet(set: string, isNot: boolean, one: string): string {
  const parts: string[] = []
  for (let i = 0; i < set.length; i++) {
    const [from, to] = [set[i] as string, set[i + 2]]
    if (set[i + 1] !== '-' || to === undefined) parts.push(escapedInSet(from))
    else {
      if (from <= to) parts.push(`${escapedInSet(from)}-${escapedInSet(to)}`)
      i += 2
    }
  }
  if (parts.length === 0) return isNot ? one : '(?!)'
  return `[${isNot ? '^' : ''}${parts.join('')}]`
}

const escapedInSet = (char: string) => char.replace(/[\\\]^-]/, '\\$&')
