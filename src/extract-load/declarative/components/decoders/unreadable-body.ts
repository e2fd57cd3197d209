import { plural } from '../../../../base/index.js'
import type { HttpResponse, SourceServices } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { exchangeText, requestLine } from '../../http/shown-request.js'

/** What a body is to be. */
export type BodyFormat = 'JSON' | 'XML' | 'JSONL' | 'CSV'

/** Of responses that have no body, as their status says. */
const withoutBody = new Set([204, 205])

/**
 * What becomes of a body that is not what the decoder reads. To the CDK each is a page without records: of a login page, or of an answer that was
 * cut off, a table that is replaced would be empty then, and a cursor past what was never read. Only what is empty, or what the manifest's error
 * handler says to ignore, is such a page here.
 * @throws why it is none
 */
export async function passOver(
  response: HttpResponse,
  wanted: BodyFormat,
  { say }: Pick<SourceServices, 'say'>,
): Promise<void> {
  const text = response.text().trim()
  if (text !== '' && !response.isPassedOver) throw unreadable(response, text, wanted)
  if (withoutBody.has(response.status)) return
  const what = text === '' ? 'is empty' : `is no ${wanted}`
  const message = `A response ${what} and has no records therefore: ${requestLine(response.request)}.`
  await say({ type: 'log', level: 'warn', message })
}

/** @param text what is known of its body */
export function unreadable(response: HttpResponse, text: string, wanted: BodyFormat): Error {
  const request = requestLine(response.request)
  const internalMessage = exchangeText(response.request, { ...response, text: () => text })
  const type = response.headers.get('content-type')
  const nothingLost = 'What was loaded before stays as it is.'
  if (wanted === 'JSON' && isCutOff(text))
    return failure('API_UNAVAILABLE', {
      message: `The answer to ${request} was cut off: its JSON breaks off after ${plural(text.length, 'character')}.`,
      hint: `${nothingLost} Sync again; if it always breaks off there, ask for smaller pages.`,
      failureType: 'transient_error',
      internalMessage,
    })
  const found =
    type?.includes('html') || isHtml(type, text) ? 'a page of HTML' : `no ${wanted} (${type ?? 'no content type'})`
  return failure('API_ANSWER_INVALID', {
    message: `The answer to ${request} is ${found}, where ${wanted} is expected.`,
    hint: `${nothingLost} \`connectors preview\` shows the answer: a login page, a proxy or a note that the API rests are told so, and a decoder that does not fit. Where it means that there are no records, have a response filter of the manifest IGNORE it.`,
    failureType: 'system_error',
    internalMessage,
  })
}

/** What answers without caring calls everything HTML, also what is none: only what begins as a tag is. */
export const isHtml = (type: string | undefined, text: string): boolean =>
  /^<(!doctype html|html|head|body)\b/i.test(text) || (type?.includes('html') === true && text.startsWith('<'))

/** It begins as an object or a list, and does not end as one. */
function isCutOff(text: string): boolean {
  const end = ({ '{': '}', '[': ']' } as Readonly<Record<string, string>>)[text.charAt(0)]
  return end !== undefined && !text.endsWith(end)
}
