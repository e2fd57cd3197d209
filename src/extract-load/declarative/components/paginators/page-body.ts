import type { Decoder, HttpResponse } from '../../component-contract.js'

/** What templates of a paginator see as `response`: nothing of a body that is read as it comes. */
export async function firstBody(decoder: Decoder, response: HttpResponse): Promise<unknown> {
  if (!decoder.isStreamed) for await (const [body] of decoder.decode(response)) if (body !== undefined) return body
  return {}
}
