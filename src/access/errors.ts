import { errorCatalogue } from '../base/index.js'

export const accessErrors = errorCatalogue({
  USER_EXISTS: { kind: 'user', retryable: false, summary: 'A user was to be made whose name is taken.' },
  USER_NOT_FOUND: { kind: 'user', retryable: false, summary: 'A user was named that does not exist.' },
  USER_NAME_INVALID: { kind: 'user', retryable: false, summary: 'The name of a new user is none.' },
  PASSWORD_INVALID: { kind: 'user', retryable: false, summary: 'A new password is too short, too long, or the name.' },
  PASSWORD_WRONG: { kind: 'user', retryable: false, summary: 'The password that was to be changed is another one.' },
  FIRST_USER_NO_ADMIN: { kind: 'user', retryable: false, summary: 'The first user was to be no admin.' },
  LAST_ADMIN: {
    kind: 'user',
    retryable: false,
    summary: 'The last admin was to be removed, disabled or given another role while other users are there.',
  },
  TOKEN_NOT_FOUND: { kind: 'user', retryable: false, summary: 'A token was named that does not exist.' },
  TOKEN_INVALID: {
    kind: 'user',
    retryable: false,
    summary: 'A new token has a name, role or expiry that will not do.',
  },
})
