const special = /[*?[]/

export const isGlob = (segment: string): boolean => special.test(segment)

/** Python's fnmatchcase: `*`, `?`, `[seq]` and `[!seq]`; a bracket that is not closed is a bracket. */
export function globPattern(glob: string): RegExp {
  let source = ''
  for (let at = 0; at < glob.length; at++) {
    const char = glob.charAt(at)
    if (char === '*') source += '.*'
    else if (char === '?') source += '.'
    else if (char === '[') {
      const end = closing(glob, at)
      source += end === -1 ? '\\[' : classOf(glob.slice(at + 1, end))
      if (end !== -1) at = end
    } else source += escaped(char)
  }
  return new RegExp(`^(?:${source})$`, 'su')
}

/** A bracket right after the opening one, or after its `!`, belongs to the set. */
function closing(glob: string, open: number): number {
  const first = glob[open + 1] === '!' ? open + 2 : open + 1
  return glob.indexOf(']', glob[first] === ']' ? first + 1 : first)
}

/** A range that goes backwards has nothing in it. */
function classOf(set: string): string {
  const isNegated = set.startsWith('!')
  const chars = [...(isNegated ? set.slice(1) : set)]
  let members = ''
  for (let at = 0; at < chars.length; at++) {
    const [from = '', dash, to] = chars.slice(at, at + 3)
    if (dash !== '-' || to === undefined) members += escapedInClass(from)
    else {
      if (from <= to) members += `${escapedInClass(from)}-${escapedInClass(to)}`
      at += 2
    }
  }
  if (members === '') return isNegated ? '.' : '(?!)'
  return `[${isNegated ? '^' : ''}${members}]`
}

const escapedInClass = (char: string): string => char.replace(/[\\\]^[-]/, '\\$&')

const escaped = (char: string): string => char.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
