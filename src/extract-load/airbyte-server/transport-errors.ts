import type { MillraceError } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'
import { connectionProblem } from '../remote-files/open-answer.js'
import { adviceOf } from '../remote-files/with-retries.js'

/** Which server, for people: `the Airbyte server prod (http://airbyte:8000)`. */
export interface ServerName {
  readonly name: string
  readonly url: string
}

const shown = ({ name, url }: ServerName) => `The Airbyte server ${name} (${url})`

/** @param error what asking threw, where the caller did not abort */
export function unreachable(server: ServerName, what: string, error: unknown, timeoutMs: number): MillraceError {
  return extractLoadErrors.create('AIRBYTE_UNREACHABLE', {
    message: `${shown(server)} does not answer ${what}: ${connectionProblem(error, timeoutMs).what}.`,
    hint: 'Is it running, and can it be reached from here? Its address is the `url` below `airbyte` in millrace.yaml.',
    data: { isPermanent: false },
    cause: error,
  })
}

/** Of an answer that is no success. @param what of the server was asked: `GET /jobs/12` */
export function refusal(server: ServerName, what: string, response: Response, body: string): MillraceError {
  const { status } = response
  const said = sayingOf(body)
  const message = `${shown(server)} answered ${what} with ${status}${said === '' ? '' : `: ${said}`}`
  // `isOwn`: Airbyte's, and not that of a proxy before it.
  const data = { ...adviceOf(response), status, isOwn: isProblem(body) }
  const create = (code: Parameters<typeof extractLoadErrors.create>[0], hint: string) =>
    extractLoadErrors.create(code, { message: /[.!?]$/.test(message) ? message : `${message}.`, hint, data })
  if (status === 401 || status === 403)
    return create(
      'AIRBYTE_LOGIN_REFUSED',
      'Correct `client_id` and `client_secret` (Settings, Applications on the page of Airbyte), or `username` and `password`, or `token`, and see that it may use the workspace.',
    )
  if (status === 404)
    return create(
      'AIRBYTE_NOT_FOUND',
      'Was it deleted there? If it is the address that is not known, `url` has to be that of the page of Airbyte, and its version new enough for the public API.',
    )
  if (status === 409) return create('AIRBYTE_BUSY', 'Wait for the job that runs there, or cancel it.')
  if (status >= 300 && status < 400)
    return create(
      'AIRBYTE_REFUSED',
      `It wants to be asked at another address${response.headers.get('location') === null ? '' : `, ${response.headers.get('location')}`}: correct \`url\`.`,
    )
  if (status === 429 || status === 408 || status >= 500)
    return create('AIRBYTE_FAILED', 'Try again later; the log of that server says more.')
  return create('AIRBYTE_REFUSED', 'Its own page may tell what is wrong with it.')
}

/** An answer that is none of Airbyte's. @param why ends a sentence */
export function strange(server: ServerName, what: string, why: string): MillraceError {
  return extractLoadErrors.create('AIRBYTE_ANSWER_INVALID', {
    message: `${shown(server)} answered ${what} with something else than Airbyte does: ${why}.`,
    hint: 'Is `url` the address of the page of Airbyte, without a path, and its version 1.0 or newer?',
  })
}

/** An answer that is longer than anybody wants to hold. */
export function tooLarge(server: ServerName, what: string, mostBytes: number): MillraceError {
  return extractLoadErrors.create('AIRBYTE_ANSWER_TOO_LARGE', {
    message: `${shown(server)} answered ${what} with more than ${Math.round(mostBytes / 1024 / 1024)} MB.`,
    hint: 'Its own page shows it.',
  })
}

const longestSaying = 500

/** Whether a refusal is one of Airbyte's APIs: a problem with its type, or the error of the configuration API. */
function isProblem(body: string): boolean {
  try {
    const { type, exceptionClassName } = JSON.parse(body) as Record<string, unknown>
    return typeof type === 'string' || typeof exceptionClassName === 'string'
  } catch {
    return false
  }
}

/** What a body says of a refusal, in the words of one of Airbyte's APIs. */
function sayingOf(body: string): string {
  try {
    const answer = JSON.parse(body) as Record<string, unknown>
    const data = answer.data as Record<string, unknown> | undefined
    const found = [data?.message, answer.detail, answer.message, answer.title, answer.error].find(
      (text) => typeof text === 'string' && text !== '',
    )
    return String(found ?? '').slice(0, longestSaying)
  } catch {
    // A page of HTML says less than its status.
    return /^\s*</.test(body) ? '' : body.trim().slice(0, longestSaying)
  }
}
