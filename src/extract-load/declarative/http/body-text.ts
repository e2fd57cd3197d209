/** The text of a body, by the rules of Python's `requests`: its charset, Latin-1 for `text/*` without one, else what it looks like. */
export function bodyText(body: Uint8Array, contentType: string | undefined): string {
  const named = charsetOf(contentType)
  if (named) {
    const decoded = decodedAs(body, named)
    if (decoded !== undefined) return decoded
  }
  if (isValidUtf8(body)) return utf8.decode(body)
  return decodedAs(body, guessed(body)) ?? utf8.decode(body)
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

function charsetOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined
  const charset = /;\s*charset\s*=\s*["']?([^"';\s]+)/i.exec(contentType)?.[1]
  if (charset) return charset
  if (/^\s*text\//i.test(contentType)) return 'iso-8859-1'
  return /^\s*application\/json\b/i.test(contentType) ? 'utf-8' : undefined
}

function decodedAs(body: Uint8Array, encoding: string): string | undefined {
  // The Latin-1 of browsers is another one than Python's.
  if (/^(?:iso-?8859-?1|latin-?1|l1)$/i.test(encoding))
    return Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1')
  if (/^utf-?8$/i.test(encoding)) return utf8.decode(body)
  try {
    return new TextDecoder(encoding.replaceAll('_', '-')).decode(body)
  } catch {
    return undefined
  }
}

function isValidUtf8(body: Uint8Array): boolean {
  try {
    strictUtf8.decode(body)
    return !(body.length > 1 && body.includes(0))
  } catch {
    return false
  }
}

/** By its first bytes: JSON in UTF-16, or a mark that says so. */
function guessed(body: Uint8Array): string {
  const [a = 0, b = 0] = body
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== 0)) return 'utf-16be'
  return 'windows-1252'
}
