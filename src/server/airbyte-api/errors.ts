import type { Context } from 'hono'
import { type MillraceError, toMillraceError } from '../../base/index.js'
import { serverErrors } from '../errors.js'

interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 422 | 429 | 500 | 501 | 503
  /** Airbyte's name of it. */
  readonly title: string
  /** Where Airbyte's reference tells of it. */
  readonly anchor?: string
}

const badRequest: Problem = { status: 400, title: 'bad-request', anchor: 'bad-request' }
const unauthorized: Problem = { status: 401, title: 'invalid-api-key', anchor: 'invalid-api-key' }
const forbidden: Problem = { status: 403, title: 'forbidden', anchor: 'forbidden' }
const notFound: Problem = { status: 404, title: 'resource-not-found', anchor: 'resource-not-found' }
const unprocessableEntity: Problem = { status: 422, title: 'unprocessable-entity', anchor: 'unprocessable-entity' }
const unavailable: Problem = { status: 503, title: 'service-unavailable' }
const unexpected: Problem = { status: 500, title: 'unexpected-problem' }

const problems: Readonly<Record<string, Problem>> = {
  SERVER_INVALID: badRequest,
  SERVER_LOGIN_REQUIRED: unauthorized,
  SERVER_LOGIN_FAILED: unauthorized,
  SERVER_TOO_MANY_LOGINS: { status: 429, title: 'too-many-requests' },
  SERVER_ROLE: forbidden,
  SERVER_FORBIDDEN: forbidden,
  SERVER_READ_ONLY: forbidden,
  SERVER_METHOD_NOT_ALLOWED: { status: 405, title: 'method-not-allowed' },
  SERVER_BODY_TOO_LARGE: { status: 413, title: 'payload-too-large' },
  AIRBYTE_JOB_CONFLICT: { status: 409, title: 'state-conflict', anchor: '409-state-conflict' },
  AIRBYTE_STATE_CONFLICT: { status: 409, title: 'state-conflict', anchor: '409-state-conflict' },
  CONNECTION_CHANGED_MEANWHILE: { status: 409, title: 'state-conflict', anchor: '409-state-conflict' },
  CONNECTOR_USED: { status: 409, title: 'state-conflict', anchor: '409-state-conflict' },
  CONNECTOR_CHANGED_MEANWHILE: { status: 409, title: 'state-conflict', anchor: '409-state-conflict' },
  // What is asked for is there; what it names is not.
  STREAM_NOT_FOUND: unprocessableEntity,
  CONNECTOR_NOT_FOUND: unprocessableEntity,
  AIRBYTE_NOT_OFFERED: { status: 501, title: 'not-implemented' },
  SERVER_NOT_READY: unavailable,
  ENGINE_UNREACHABLE: unavailable,
}

function problemOf({ code, kind }: MillraceError): Problem {
  const known = problems[code]
  if (known) return known
  if (code.endsWith('_NOT_FOUND')) return notFound
  return kind === 'user' ? unprocessableEntity : kind === 'external' ? unavailable : unexpected
}

const reference = 'https://reference.airbyte.com/reference/errors'

/** Whatever went wrong, in the body that Airbyte's clients read: a problem of RFC 9457. What is to be done next stands in `detail`. */
export function answerProblem(thrown: unknown, c: Context): Response {
  const error = toMillraceError(thrown)
  const { status, title, anchor } = problemOf(error)
  const { message, hint, code, data } = error.toJSON()
  const { allow, retryAfter, ...known } = data ?? {}
  if (typeof allow === 'string') c.header('allow', allow)
  if (typeof retryAfter === 'number') c.header('retry-after', String(retryAfter))
  if (status === 413) c.header('connection', 'close')
  if (status === 401) c.header('www-authenticate', 'Bearer, Basic realm="Millrace"')
  return c.json(
    {
      status,
      type: anchor === undefined ? reference : `${reference}#${anchor}`,
      title,
      detail: [message, hint].filter((text) => text !== undefined).join(' '),
      documentationUrl: null,
      data: { message, code, ...known },
    },
    status,
  )
}

export const missing = (resourceType: string, resourceId: string) =>
  serverErrors.create('SERVER_NOT_FOUND', {
    message: `There is no ${resourceType.replaceAll('_', ' ')} ${resourceId}.`,
    hint:
      resourceType === 'job'
        ? 'GET /jobs lists them; those of runs that are forgotten are gone with them.'
        : 'Ids are made of names: what was renamed has another one.',
    data: { resourceType, resourceId },
  })

export const invalid = (message: string) =>
  serverErrors.create('SERVER_INVALID', { message, hint: 'docs/airbyte-api.md says what is taken.' })

export const notOffered = (what: string, hint: string) =>
  serverErrors.create('AIRBYTE_NOT_OFFERED', { message: `${what} is not offered here.`, hint })

export const inactiveWithoutSchedule = (connection: string) =>
  notOffered(
    `To make the connection ${connection} inactive, which has no schedule,`,
    'Nothing starts it by itself. Remove its file to be rid of it.',
  )

/** The request is understood, and what it asks for cannot be. */
export const unprocessable = (message: string, hint: string) =>
  serverErrors.create('AIRBYTE_UNPROCESSABLE', { message, hint })

/** It would take something away that others need. */
export const stateConflict = (message: string, hint: string) =>
  serverErrors.create('AIRBYTE_STATE_CONFLICT', { message, hint })

export const jobConflict = (message: string, hint: string) =>
  serverErrors.create('AIRBYTE_JOB_CONFLICT', { message, hint })
