import { errorCatalogue } from '../base/index.js'

export const serverErrors = errorCatalogue({
  SERVER_PORT_IN_USE: {
    kind: 'user',
    retryable: true,
    summary: 'No free port was found near the one that was asked for.',
  },
  SERVER_TLS: { kind: 'user', retryable: false, summary: 'The certificate of the server, or its key, cannot be used.' },
  SERVER_ADDRESS: {
    kind: 'user',
    retryable: false,
    summary: 'The server cannot listen on the address that was asked for.',
  },
  SERVER_FORBIDDEN: {
    kind: 'user',
    retryable: false,
    summary: 'A request came from another site or named another host.',
  },
  SERVER_READ_ONLY: {
    kind: 'user',
    retryable: false,
    summary: 'Something was to be changed that may not be changed through this server.',
  },
  SERVER_NO_USERS: {
    kind: 'user',
    retryable: false,
    summary: 'The server was to be reached by other machines while there is no user who could log in.',
  },
  SERVER_LOGIN_REQUIRED: {
    kind: 'user',
    retryable: false,
    summary: 'A call needs a session or a token, and came with none that holds.',
  },
  SERVER_LOGIN_FAILED: { kind: 'user', retryable: false, summary: 'A login had a wrong name or password.' },
  SERVER_TOO_MANY_LOGINS: {
    kind: 'user',
    retryable: true,
    summary: 'Logins failed so often that the next one has to wait.',
  },
  SERVER_ROLE: { kind: 'user', retryable: false, summary: 'The role of a user or token does not allow a call.' },
  SERVER_NOT_FOUND: { kind: 'user', retryable: false, summary: 'An API address or object does not exist.' },
  SERVER_INVALID: { kind: 'user', retryable: false, summary: 'A request has a body or parameter of the wrong shape.' },
  SERVER_METHOD_NOT_ALLOWED: {
    kind: 'user',
    retryable: false,
    summary: 'An API address exists, but not for this HTTP method.',
  },
  SERVER_BODY_TOO_LARGE: { kind: 'user', retryable: false, summary: 'The body of a request is larger than 1 MB.' },
  SERVER_HOOK_SIGNATURE: {
    kind: 'user',
    retryable: false,
    summary: 'A delivery of a webhook is not signed with its secret.',
  },
  SERVER_HOOK_OFF: { kind: 'user', retryable: true, summary: 'A delivery came for a webhook that is switched off.' },
  SERVER_HOOK_BUSY: { kind: 'user', retryable: true, summary: 'More deliveries of a webhook came than are taken.' },
  SERVER_HOOK_NOT_READY: {
    kind: 'external',
    retryable: true,
    summary: 'A webhook cannot take deliveries now: its secret is missing, or the project cannot be read.',
  },
  SERVER_BUSY: {
    kind: 'external',
    retryable: true,
    summary: 'More browsers and programs follow what happens than can be told.',
  },
  AIRBYTE_JOB_CONFLICT: {
    kind: 'user',
    retryable: true,
    summary:
      'A client of Airbyte asked for a job of a connection that has one that goes on, or to end one that shares its run.',
  },
  AIRBYTE_STATE_CONFLICT: {
    kind: 'user',
    retryable: false,
    summary: 'A client of Airbyte asked to take away what a connection still needs.',
  },
  AIRBYTE_UNPROCESSABLE: {
    kind: 'user',
    retryable: false,
    summary: 'A client of Airbyte asked for a source, a destination or a connection that cannot be made here.',
  },
  AIRBYTE_NOT_OFFERED: {
    kind: 'user',
    retryable: false,
    summary: 'A client of Airbyte made a call that this server does not carry out.',
  },
  SERVER_NOT_READY: { kind: 'external', retryable: true, summary: 'The engine has not published its definitions yet.' },
})
