import type { MillraceError } from '../base/index.js'

/** See `streamNotFound` of extract-load, which is loaded when a stream is not found. */
export async function streamNotFound(
  stream: string,
  known: readonly string[],
  connection: string | undefined,
): Promise<MillraceError> {
  const extractLoad = await import('../extract-load/index.js')
  return extractLoad.streamNotFound(stream, known, connection)
}
