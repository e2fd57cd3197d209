/** A line longer than this is no message any more: somebody writes without end. */
const mostLineBytes = 512 * 1024 * 1024

const lineFeed = 10

/**
 * A stream of bytes in blocks of whole lines, as large as the pieces that come; only the last line may lack its end.
 * @param tooLong the error for a line that does not end
 */
export async function* lineBlocks(
  pieces: AsyncIterable<Buffer>,
  tooLong: (megabytes: number) => Error,
): AsyncGenerator<Buffer> {
  let begun: Buffer[] = []
  let begunBytes = 0
  for await (const piece of pieces) {
    const first = piece.indexOf(lineFeed)
    if (first >= 0) {
      if (begun.length > 0) yield Buffer.concat([...begun, piece.subarray(0, first + 1)])
      const from = begun.length > 0 ? first + 1 : 0
      const end = piece.lastIndexOf(lineFeed) + 1
      if (end > from) yield piece.subarray(from, end)
      begun = end < piece.length ? [piece.subarray(end)] : []
      begunBytes = piece.length - end
      continue
    }
    begun.push(piece)
    begunBytes += piece.length
    if (begunBytes > mostLineBytes) throw tooLong(mostLineBytes / 1024 / 1024)
  }
  if (begunBytes > 0) yield Buffer.concat(begun)
}

/** Calls `visit` with where each line of a block begins and ends, without what ends it. Empty lines are left out. */
export function eachLine(block: Buffer, visit: (start: number, end: number) => void): void {
  for (let start = 0; start < block.length; ) {
    const found = block.indexOf(lineFeed, start)
    const end = found < 0 ? block.length : found
    if (end > start) visit(start, end)
    start = end + 1
  }
}

/** The lines of a block as texts. */
export function linesOf(block: Buffer): string[] {
  const lines: string[] = []
  eachLine(block, (start, end) => lines.push(block.toString('utf8', start, end)))
  return lines
}
