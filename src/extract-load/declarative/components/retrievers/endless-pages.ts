import { createHash } from 'node:crypto'
import { repr } from '../../../../jinja/index.js'
import type { HttpResponse } from '../../component-contract.js'
import { failure } from '../../failure.js'

/** So many equal pages in a row are no accident, even of records that have nothing of their own. */
const maxEqualPages = 20
/** Larger bodies are not kept to be compared, and no more tokens than that. */
const maxBodyBytes = 16 * 1024 ** 2
const maxTokens = 10_000

/**
 * Notices pages that come again for ever: the same page for the same token, or for any token. APIs that keep their place by themselves
 * (scrolls) want the same token each time and give other pages, so what is in a page decides. Bodies are compared only when they have the same
 * length as the one before, or the token was there before: a page that is read costs nothing, as a rule.
 */
export function endlessPages(stream: string): (response: HttpResponse, token: unknown, count: number) => Promise<void> {
  const digestOf = new Map<string, string | undefined>()
  let last: { readonly body: Uint8Array; readonly equalCount: number } | undefined

  return async (response, token, count) => {
    const body = count > 0 ? await response.bytes().catch(() => undefined) : undefined
    if (!body || body.length > maxBodyBytes) return
    const isEqual = last !== undefined && Buffer.compare(last.body, body) === 0
    last = { body, equalCount: isEqual && last ? last.equalCount + 1 : 1 }
    if (last.equalCount >= maxEqualPages)
      throw endless(stream, `${maxEqualPages} pages in a row were the same`, response)

    const key = token === undefined ? '' : repr(token)
    if (!digestOf.has(key)) {
      if (digestOf.size >= maxTokens) digestOf.clear()
      digestOf.set(key, undefined)
      return
    }
    const digest = createHash('sha1').update(body).digest('base64')
    if (digestOf.get(key) === digest)
      throw endless(stream, `The page for ${key} came again, with the same records`, response)
    digestOf.set(key, digest)
  }
}

const endless = (stream: string, what: string, response: HttpResponse) =>
  failure('API_ANSWER_INVALID', {
    message: `The pages of stream \`${stream}\` have no end. ${what}.`,
    hint: 'Look at the paginator: the API may want the token elsewhere, or a condition to stop at.',
    failureType: 'system_error',
    internalMessage: `The last request was ${response.request.method} ${response.url}`,
  })
