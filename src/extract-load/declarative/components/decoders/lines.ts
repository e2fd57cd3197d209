import { UnreadText } from './unread-text.js'

/** Lines of a text that comes in pieces, some at a time. The last one is what has no end: mostly nothing. */
export async function* linesOf(text: AsyncIterable<string>): AsyncIterable<readonly string[]> {
  const unread = new UnreadText()
  for await (const piece of text) {
    const lines = unread.add(piece)?.split('\n') ?? []
    if (lines.length > 0) unread.keep(lines.pop() as string)
    if (lines.length > 0) yield lines
  }
  yield unread.take().split('\n')
}

/** The same with every kind of line end: `\r` and `\r\n`, too. Behind the end of the last line there is none. */
export async function* anyLinesOf(text: AsyncIterable<string>): AsyncIterable<readonly string[]> {
  const unread = new UnreadText()
  for await (const piece of text) {
    const all = unread.add(piece)
    if (all === undefined) continue
    const isHalf = all.endsWith('\r')
    const lines = (isHalf ? all.slice(0, -1) : all).split(/\r\n?|\n/)
    unread.keep(lines.pop() + (isHalf ? '\r' : ''))
    if (lines.length > 0) yield lines
  }
  yield lastOf(unread.take().split(/\r\n?|\n/))
}

const lastOf = (lines: readonly string[]) => (lines.at(-1) === '' ? lines.slice(0, -1) : lines)
