import { constants, createCipheriv, createHmac, createPublicKey, type KeyObject, publicEncrypt } from 'node:crypto'
import type { EncryptionMapper } from '../contract.js'

/** What a mapper makes of a text. */
export type Encrypt = (text: string) => string

export function encryption(mapper: EncryptionMapper): Encrypt {
  if (mapper.algorithm === 'RSA') return rsa(mapper)
  const key = Buffer.from(mapper.key, mapper.key.length === 64 ? 'hex' : 'base64')
  return (text) => aes(key, text)
}

/**
 * AES-256-GCM: base64 of 12 bytes of nonce, the encrypted bytes and 16 bytes of tag. The nonce is made of the text, so that equal texts
 * stay equal: a row that is read again is known by that.
 */
function aes(key: Buffer, text: string): string {
  const nonce = createHmac('sha256', key).update(text).digest().subarray(0, 12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

type RsaMapper = Extract<EncryptionMapper, { algorithm: 'RSA' }>

/**
 * Hexadecimal digits, as Airbyte writes them. Equal texts have other results each time: everybody has the public key, and could try out
 * which text it is otherwise.
 */
function rsa({ publicKey, padding }: RsaMapper): Encrypt {
  const key = {
    key: readPublicKey(publicKey) as KeyObject,
    padding: padding === 'OAEP' ? constants.RSA_PKCS1_OAEP_PADDING : constants.RSA_PKCS1_PADDING,
    oaepHash: 'sha256',
  }
  return (text) => publicEncrypt(key, Buffer.from(text)).toString('hex')
}

/** How many bytes a text may have. */
export function longestText({ publicKey, padding }: RsaMapper): number {
  const bytes = rsaBits(readPublicKey(publicKey) as KeyObject) / 8
  // RFC 8017: 2 hashes and 2 bytes, or 11 bytes.
  return bytes - (padding === 'OAEP' ? 2 * 32 + 2 : 11)
}

export const rsaBits = (key: KeyObject): number => key.asymmetricKeyDetails?.modulusLength ?? 0

/** A public key of RSA as PEM, or as its bytes (SubjectPublicKeyInfo) in hexadecimal digits or base64; undefined for whatever else. */
export function readPublicKey(text: string): KeyObject | undefined {
  try {
    const key = text.includes('-----BEGIN') ? fromPem(text) : fromBytes(text.replace(/\s/g, ''))
    return key?.asymmetricKeyType === 'rsa' ? key : undefined
  } catch {
    return undefined
  }
}

/** Of a private key Node.js would take the public part: then it stands in a file all the same. */
const fromPem = (text: string) => (/PRIVATE/.test(text) ? undefined : createPublicKey(text))

const fromBytes = (text: string) =>
  createPublicKey({
    key: Buffer.from(text, /^[0-9a-f]*$/i.test(text) ? 'hex' : 'base64'),
    format: 'der',
    type: 'spki',
  })
