import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const mark = 'millrace-sealed-1:'
const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

const keyOf = (secret: string) => Buffer.from(hkdfSync('sha256', secret, '', 'millrace sealed text', 32))

export const isSealed = (text: string): boolean => text.startsWith(mark)

/**
 * Encrypts a text with AES-256-GCM.
 * @param secret has to be random: it becomes the key as it is, with no work that slows guessing
 * @param of what the text belongs to: in another's place it does not open
 */
export function seal(text: string, secret: string, of: string): string {
  const nonce = randomBytes(nonceBytes)
  const sealing = createCipheriv(cipher, keyOf(secret), nonce).setAAD(Buffer.from(of))
  const content = [sealing.update(text, 'utf8'), sealing.final()]
  return mark + Buffer.concat([nonce, sealing.getAuthTag(), ...content]).toString('base64')
}

/** @returns nothing where the secret is another one, or the text was damaged */
export function unseal(sealed: string, secret: string, of: string): string | undefined {
  const bytes = Buffer.from(sealed.slice(mark.length), 'base64')
  const content = nonceBytes + tagBytes
  if (bytes.length < content) return undefined
  try {
    const opening = createDecipheriv(cipher, keyOf(secret), bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(Buffer.from(of))
      .setAuthTag(bytes.subarray(nonceBytes, content))
    return Buffer.concat([opening.update(bytes.subarray(content)), opening.final()]).toString('utf8')
  } catch {
    return undefined
  }
}
