import { didYouMean, type MillraceError } from '../base/index.js'

/** A stream was named on the command line that the connection, or no connection, has. */
export async function streamNotFound(
  stream: string,
  known: readonly string[],
  connection: string | undefined,
): Promise<MillraceError> {
  const { extractLoadErrors } = await import('../extract-load/index.js')
  return extractLoadErrors.create('STREAM_NOT_FOUND', {
    message: `${connection === undefined ? 'No connection has a' : `The connection \`${connection}\` has no`} stream \`${stream}\`.`,
    hint: [didYouMean(stream, known), `Streams: ${known.join(', ') || 'none'}.`].filter((part) => part).join(' '),
  })
}
