import { constants, createHmac, createPrivateKey, type KeyObject, sign } from 'node:crypto'

export const jwtAlgorithms = [
  'HS256',
  'HS384',
  'HS512',
  'ES256',
  'ES256K',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
] as const
export type JwtAlgorithm = (typeof jwtAlgorithms)[number]

export interface JwtKey {
  readonly text: string
  /** Of a private key that is encrypted. */
  readonly passphrase?: string | undefined
}

/** A signed JSON Web Token (RFC 7515). @param header and payload as JSON @throws Error where the key does not fit */
export function signedToken(header: string, payload: string, algorithm: JwtAlgorithm, key: JwtKey): string {
  const content = `${base64Url(header)}.${base64Url(payload)}`
  return `${content}.${signature(Buffer.from(content), algorithm, key).toString('base64url')}`
}

const base64Url = (text: string): string => Buffer.from(text).toString('base64url')

function signature(content: Buffer, algorithm: JwtAlgorithm, key: JwtKey): Buffer {
  const hash = `sha${algorithm.slice(2, 5)}`
  if (algorithm.startsWith('HS')) return createHmac(hash, sharedSecret(key)).update(content).digest()
  const privateKey = fittingKey(readKey(key), algorithm)
  if (algorithm === 'EdDSA') return sign(null, content, privateKey)
  if (algorithm.startsWith('ES')) return sign(hash, content, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  if (algorithm.startsWith('RS')) return sign(hash, content, privateKey)
  return sign(hash, content, {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  })
}

/** A secret that is a key of another kind was meant for another algorithm: whoever has its public half could sign with it. */
function sharedSecret({ text, passphrase }: JwtKey): string {
  if (passphrase !== undefined)
    throw new Error('a passphrase opens a private key, and HS algorithms sign with a secret')
  if (text === '') throw new Error('the secret is empty')
  if (/-----BEGIN [A-Z0-9 ]+-----[\s\S]*-----END /.test(text) || /^(ssh-|ecdsa-sha2-)/.test(text))
    throw new Error('HS algorithms sign with a secret, and this is a key or a certificate')
  if (isJsonWebKey(text)) throw new Error('HS algorithms sign with a secret, and this is a JSON Web Key around one')
  return text
}

function isJsonWebKey(text: string): boolean {
  if (!text.includes('kty')) return false
  try {
    let isKey = false
    JSON.parse(text, (name, value: unknown) => {
      isKey ||= name === 'kty'
      return value
    })
    return isKey
  } catch {
    return false
  }
}

/** By OpenSSL's names (RFC 7518, 3.4; RFC 8812, 3.1). */
const curves: Partial<Record<JwtAlgorithm, string>> = {
  ES256: 'prime256v1',
  ES256K: 'secp256k1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
}

function fittingKey(key: KeyObject, algorithm: JwtAlgorithm): KeyObject {
  const [type, curve] = [key.asymmetricKeyType ?? 'unknown', key.asymmetricKeyDetails?.namedCurve]
  const wanted = curves[algorithm]
  if (wanted) {
    if (type !== 'ec') throw new Error(`${algorithm} wants a key of an elliptic curve, and this one is ${type}`)
    if (curve !== wanted)
      throw new Error(`${algorithm} wants a key of the curve ${wanted}, and this one is of ${curve}`)
  } else if (algorithm === 'EdDSA') {
    if (!/^ed(25519|448)$/.test(type)) throw new Error(`EdDSA wants a key of Ed25519 or Ed448, and this one is ${type}`)
  } else if (!type.startsWith('rsa')) throw new Error(`${algorithm} wants an RSA key, and this one is ${type}`)
  return key
}

/** People paste keys with `\n` written out. */
function readKey({ text, passphrase }: JwtKey): KeyObject {
  const key = text.includes('\n') ? text : text.replaceAll('\\n', '\n')
  if (passphrase !== undefined && !key.includes('ENCRYPTED'))
    throw new Error('the key is not encrypted, and a passphrase is given for it')
  return createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) })
}
