import { extractLoadErrors } from '../errors.js'

/** A line longer than this is no message any more: somebody writes without end. */
const mostLineBytes = 512 * 1024 * 1024

/** The lines of a stream of bytes, without what ends them, those of one piece at a time. Empty ones are left out. */
export async function* splitLines(pieces: AsyncIterable<Buffer>): AsyncGenerator<readonly Buffer[]> {
  let begun: Buffer[] = []
  let begunBytes = 0
  for await (const piece of pieces) {
    const lines: Buffer[] = []
    let from = 0
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, from)) {
      const rest = piece.subarray(from, at)
      const line = begun.length > 0 ? Buffer.concat([...begun, rest]) : rest
      begun = []
      begunBytes = 0
      from = at + 1
      if (line.length > 0) lines.push(line)
    }
    if (from < piece.length) {
      begun.push(piece.subarray(from))
      begunBytes += piece.length - from
      if (begunBytes > mostLineBytes)
        throw extractLoadErrors.create('SOURCE_PROTOCOL_BROKEN', {
          message: `The connector wrote more than ${mostLineBytes / 1024 / 1024} MB without ending the line.`,
          hint: 'A message of the Airbyte protocol is one line of JSON. Leave the stream with the huge values out, or ask who maintains the connector.',
        })
    }
    if (lines.length > 0) yield lines
  }
  if (begun.length > 0) yield [Buffer.concat(begun)]
}
