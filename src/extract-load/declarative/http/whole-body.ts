import { constants } from 'node:buffer'
import { failure } from '../failure.js'

/** A text of more cannot be held in one piece. */
const maxBodyBytes = constants.MAX_STRING_LENGTH

/** A body in one piece. @throws API_ANSWER_INVALID where it is too large: what is packed may become a thousand times as large */
export async function wholeBody(
  body: AsyncIterable<Uint8Array>,
  limit = maxBodyBytes,
  internalMessage?: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) throw bodyTooLarge(limit, internalMessage)
    chunks.push(chunk)
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks, size)
}

const bodyTooLarge = (limit: number, internalMessage: string | undefined) =>
  failure('API_ANSWER_INVALID', {
    message: `The API answered with more than ${Math.floor(limit / 1024 ** 2)} MB, which are to be read as one piece.`,
    hint: 'Ask for smaller pages (`page_size`, a shorter `step`), or use a decoder that reads it as it comes: JsonItemsDecoder, JsonlDecoder or CsvDecoder.',
    failureType: 'system_error',
    internalMessage,
  })
