import type { HttpResponse } from '../component-contract.js'
import { failure } from '../failure.js'
import { readJson } from '../values/index.js'
import { bodyText } from './body-text.js'

/** All of a response but its body. */
export type ResponseHead = Pick<HttpResponse, 'request' | 'url' | 'status' | 'headers' | 'headerNames'>

/** A response of which the body is here. What is asked of it several times is made once. */
export function wholeResponse(head: ResponseHead, body: Uint8Array): HttpResponse {
  let text: string | undefined
  let json: { readonly value: unknown } | undefined
  const readText = () => {
    text ??= bodyText(body, head.headers.get('content-type'))
    return text
  }
  return {
    ...head,
    bytes: async () => body,
    async *stream() {
      if (body.length > 0) yield body
    },
    text: readText,
    json: () => {
      json ??= { value: jsonOf(readText()) }
      return json.value
    },
  }
}

function jsonOf(text: string): unknown {
  try {
    return readJson(text)
  } catch {
    return undefined
  }
}

/** A response of which the body is read as it comes, once. */
export function streamedResponse(head: ResponseHead, body: AsyncIterable<Uint8Array>): HttpResponse {
  let wasRead = false
  const unread = () =>
    failure('API_ANSWER_INVALID', {
      message: 'The body of a response was to be read as it comes, and is not here as a whole.',
      hint: 'A paginator or an error handler cannot look into the body of a stream that is read by a streaming decoder.',
      failureType: 'system_error',
    })
  return {
    ...head,
    bytes: async () => {
      throw unread()
    },
    async *stream() {
      if (wasRead) throw unread()
      wasRead = true
      yield* body
    },
    text: () => '',
    json: () => undefined,
  }
}
