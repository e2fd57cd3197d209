import { str, toJson } from '../../../jinja/index.js'
import type { HttpRequest, Mapping } from '../component-contract.js'
import { failure } from '../failure.js'
import { encodedForm } from './form.js'
import { addressHint, preparedUrl } from './prepared-url.js'
import { TransportError } from './transport-error.js'

/** What a request is made of, all of its parts together. */
export interface RequestParts {
  readonly method: string
  readonly url: string
  readonly params: Mapping
  readonly headers: Mapping
  readonly bodyJson: Mapping
  /** A text is sent as it is, a mapping as a form. */
  readonly bodyData: Mapping | string
}

/** The request as Python's `requests` would send it. @throws a failure where it can be none */
export function preparedRequest(parts: RequestParts): HttpRequest {
  const headers = new Map<string, readonly [name: string, value: string]>()
  for (const [name, value] of Object.entries(parts.headers)) {
    const text = str(value)
    if (/^\s|[\r\n]/.test(text) || /^\s|[\r\n:]/.test(name))
      throw failure('MANIFEST_INVALID', {
        message: `The header \`${name}\` of a request begins with white space, or has a line break in it.`,
        hint: 'Look at the setting that it is made of: it was pasted with a line break, perhaps.',
        failureType: 'system_error',
      })
    headers.set(name.toLowerCase(), [name, text])
  }
  const body = preparedBody(parts)
  if (body?.contentType !== undefined && !headers.has('content-type'))
    headers.set('content-type', ['Content-Type', body.contentType])
  return { method: parts.method, url: addressOf(parts), headers: [...headers.values()], body: body?.text }
}

function preparedBody({
  bodyJson,
  bodyData,
}: RequestParts): { text: string; contentType: string | undefined } | undefined {
  const hasJson = Object.keys(bodyJson).length > 0
  const hasData = typeof bodyData === 'string' ? bodyData !== '' : Object.keys(bodyData).length > 0
  if (hasJson && hasData)
    throw failure('MANIFEST_INVALID', {
      message: 'A request has a JSON body and another one.',
      hint: 'Use `request_body_json` or `request_body_data`, also where options are injected.',
      failureType: 'system_error',
    })
  if (hasJson) return { text: toJson(bodyJson, undefined, false), contentType: 'application/json' }
  if (!hasData) return undefined
  if (typeof bodyData === 'string') return { text: bodyData, contentType: undefined }
  return { text: encodedForm(bodyData), contentType: 'application/x-www-form-urlencoded' }
}

function addressOf({ url, params }: RequestParts): string {
  try {
    return preparedUrl(url, params)
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    throw failure('API_REFUSED', {
      message: `A request cannot be sent: ${error.message}.`,
      hint: addressHint,
      failureType: 'system_error',
      cause: error,
    })
  }
}

/** With headers put over its own, whatever the case of their letters. */
export function withHeaders(request: HttpRequest, headers: Mapping): HttpRequest {
  const added = Object.entries(headers).map(([name, value]) => [name, str(value)] as const)
  if (added.length === 0) return request
  const names = new Set(added.map(([name]) => name.toLowerCase()))
  return { ...request, headers: [...request.headers.filter(([name]) => !names.has(name.toLowerCase())), ...added] }
}

export const headerOf = (request: HttpRequest, name: string): string | undefined =>
  request.headers.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1]
