import { accessErrors } from './errors.js'

/** Of signs that look like nothing else, so that one user cannot be taken for another. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/

/** @throws USER_NAME_INVALID */
export function requireUserName(name: string): void {
  if (namePattern.test(name)) return
  throw accessErrors.create('USER_NAME_INVALID', {
    message:
      'The name of a user has letters, digits and . _ @ + - only, 64 at most, and starts with a letter or digit.',
    hint: 'Take a short name or an e-mail address.',
  })
}

/** @throws TOKEN_INVALID */
export function requireTokenName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (name.trim() !== '' && name.length <= 100 && !/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(name))
    return
  throw accessErrors.create('TOKEN_INVALID', {
    message: 'The name of a token has one line of 1 to 100 characters.',
    hint: 'Name what it is for: `ci`, `grafana`.',
  })
}
