import { runtimeError } from '../../../jinja/index.js'

const alphabet = /[A-Za-z0-9+/]/

/**
 * The text that Python's `b64decode` makes of base64: signs that are none of it are passed over, what follows the padding as well.
 * @throws JINJA_RUNTIME where padding is missing, or what comes of it is no text
 */
export function decodeBase64(text: string): string {
  let characters = ''
  let padding = 0
  for (const char of text) {
    if (char === '=') {
      const place = characters.length % 4
      if (place >= 2 && place + ++padding >= 4) return decoded(characters)
    } else if (alphabet.test(char)) {
      padding = 0
      characters += char
    }
  }
  const rest = characters.length % 4
  if (rest === 1)
    throw runtimeError(
      `binascii.Error: Invalid base64-encoded string: number of data characters (${characters.length}) cannot be 1 more than a multiple of 4`,
    )
  if (rest !== 0) throw runtimeError('binascii.Error: Incorrect padding')
  return decoded(characters)
}

function decoded(characters: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(characters, 'base64'))
  } catch {
    throw runtimeError("UnicodeDecodeError: 'utf-8' codec can't decode what base64 holds")
  }
}
