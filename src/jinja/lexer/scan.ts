/** Where the next tag, expression or comment opens; -1 when there is none. */
export function nextTag(source: string, from: number): number {
  for (let i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
    const next = source[i + 1]
    if (next === '{' || next === '%' || next === '#') return i
  }
  return -1
}

/** Just behind the string literal that begins at `at`; -1 when it is never closed. */
export function stringEnd(source: string, at: number): number {
  const quote = source[at]
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === '\\') i++
    else if (source[i] === quote) return i + 1
  }
  return -1
}
