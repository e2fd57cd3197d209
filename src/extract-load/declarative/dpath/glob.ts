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

function classOf(set: string): string {
  const isNegated = set.startsWith('!')
  const members = (isNegated ? set.slice(1) : set).replace(/[\\\]^[]/g, '\\$&')
  return `[${isNegated ? '^' : ''}${members}]`
}

const escaped = (char: string): string => char.replace(/[\\^$.|?*+()[\]{}/-]/g, '\\$&')
