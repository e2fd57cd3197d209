const known = new Set<string>()
const minimumLength = 4
export const secretMask = '**********'

/** Remembers a value that must never be shown. Values under four characters are ignored: masking them would destroy text. */
export function registerSecret(value: string): void {
  if (value.length >= minimumLength) known.add(value)
}

/** Masks every registered secret, and the password part of URLs, in a text. */
export function redact(text: string): string {
  let out = text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]+:)([^\s@/]+)(@)/gi, `$1${secretMask}$3`)
  for (const secret of known) if (out.includes(secret)) out = out.replaceAll(secret, secretMask)
  return out
}
