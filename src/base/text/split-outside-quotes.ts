/** Cuts a text where it has such a letter outside of quotes. One pass: a selection may name ten thousand assets. */
export function splitOutsideQuotes(text: string, isCut: RegExp): string[] {
  const parts: string[] = []
  let from = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string
    if (letter === '"') isQuoted = !isQuoted
    if (isQuoted || !isCut.test(letter)) continue
    parts.push(text.slice(from, at))
    from = at + 1
  }
  return [...parts, text.slice(from)]
}
