import type { HttpResponse, SourceServices } from '../../component-contract.js'
import { requestLine } from '../../http/shown-request.js'
import { type BodyFormat, isHtml, unreadable } from './unreadable-body.js'

/** With fewer bytes in hand, a body that goes on may not show yet what it is. */
const enoughBytes = 512

/**
 * A body that is read as it comes, once its beginning is no page of HTML, nor JSON where CSV is expected: rows would be made of the one, and names of
 * the other. Of what the manifest's error handler says to ignore, nothing.
 * @throws API_ANSWER_INVALID for what is
 */
export async function* readableBody(
  body: AsyncIterable<Uint8Array>,
  response: HttpResponse,
  wanted: BodyFormat,
  { say }: Pick<SourceServices, 'say'>,
): AsyncIterable<Uint8Array> {
  let held: Uint8Array[] | undefined = []
  let size = 0
  for await (const piece of body) {
    if (!held) {
      yield piece
      continue
    }
    held.push(piece)
    size += piece.length
    if (size < enoughBytes) continue
    if (isOther(held, response, wanted)) return await refuse(held, response, wanted, say)
    yield* held
    held = undefined
  }
  if (!held) return
  if (isOther(held, response, wanted)) return await refuse(held, response, wanted, say)
  yield* held
}

function isOther(pieces: readonly Uint8Array[], { headers }: HttpResponse, wanted: BodyFormat): boolean {
  const text = beginning(pieces)
  const type = headers.get('content-type')
  return isHtml(type, text) || (wanted === 'CSV' && /\bjson\b/i.test(type ?? '') && /^[{[]/.test(text))
}

/** Behind a byte order mark and white space. */
const beginning = (pieces: readonly Uint8Array[]): string =>
  Buffer.concat(pieces).subarray(0, 4096).toString('utf8').trim()

async function refuse(
  pieces: readonly Uint8Array[],
  response: HttpResponse,
  wanted: BodyFormat,
  say: SourceServices['say'],
): Promise<void> {
  if (!response.isPassedOver) throw unreadable(response, beginning(pieces), wanted)
  const message = `A response is no ${wanted} and has no records therefore: ${requestLine(response.request)}.`
  await say({ type: 'log', level: 'warn', message })
}
