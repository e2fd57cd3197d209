import { didYouMean, type MillraceError } from '../base/index.js'
import { extractLoadErrors } from './errors.js'

/**
 * What to do where a source has no stream of a name.
 * @param names that it has
 * @param listed those of them that are shown
 */
export const streamsHint = (meant: string, names: readonly string[], listed = names): string =>
  [didYouMean(meant, names), `Streams: ${listed.join(', ') || 'none'}.`].filter(Boolean).join(' ')

/**
 * A stream was named that the connection, or none of them, has.
 * @param known the streams that there are
 */
export const streamNotFound = (
  stream: string,
  known: readonly string[],
  connection: string | undefined,
): MillraceError =>
  extractLoadErrors.create('STREAM_NOT_FOUND', {
    message: `${connection === undefined ? 'No connection has a' : `The connection \`${connection}\` has no`} stream \`${stream}\`.`,
    hint: streamsHint(stream, known),
  })
