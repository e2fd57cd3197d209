/** Lines of a text that comes in pieces, some at a time. The last one may have no end. */
export async function* linesOf(text: AsyncIterable<string>): AsyncIterable<readonly string[]> {
  let rest = ''
  for await (const piece of text) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() as string
    if (lines.length > 0) yield lines
  }
  if (rest !== '') yield [rest]
}
