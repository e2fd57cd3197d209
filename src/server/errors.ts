import { errorCatalogue } from '../base/index.js'

export const serverErrors = errorCatalogue({
  SERVER_PORT_IN_USE: {
    kind: 'user',
    retryable: true,
    summary: 'No free port was found near the one that was asked for.',
  },
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
  SERVER_NOT_FOUND: { kind: 'user', retryable: false, summary: 'An API address or object does not exist.' },
  SERVER_INVALID: { kind: 'user', retryable: false, summary: 'A request has a body or parameter of the wrong shape.' },
  SERVER_METHOD_NOT_ALLOWED: {
    kind: 'user',
    retryable: false,
    summary: 'An API address exists, but not for this HTTP method.',
  },
  SERVER_BODY_TOO_LARGE: { kind: 'user', retryable: false, summary: 'The body of a request is larger than 1 MB.' },
  SERVER_NOT_READY: { kind: 'external', retryable: true, summary: 'The engine has not published its definitions yet.' },
})
