import { accessErrors } from './errors.js'

/** Of signs that look like nothing else, so that one user cannot be taken for another. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/

export const isUserName = (name: string): boolean => namePattern.test(name)

/** @throws USER_NAME_INVALID */
export function requireUserName(name: string): void {
  if (isUserName(name)) return
  throw accessErrors.create('USER_NAME_INVALID', {
    message:
      'The name of a user has letters, digits and . _ @ + - only, 64 at most, and starts with a letter or digit.',
    hint: 'Take a short name or an e-mail address.',
  })
}

/** Signs that are not seen, or make others look as if they stood elsewhere. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** One line in which everything is seen. */
export const visibleLine = (text: string): string => text.replace(new RegExp(unseen, 'gu'), ' ')

/** @throws TOKEN_INVALID */
export function requireTokenName(name: string): void {
  if (name.trim() !== '' && name.length <= 100 && !unseen.test(name)) return
  throw accessErrors.create('TOKEN_INVALID', {
    message: 'The name of a token has one line of 1 to 100 characters.',
    hint: 'Name what it is for: `ci`, `grafana`.',
  })
}
