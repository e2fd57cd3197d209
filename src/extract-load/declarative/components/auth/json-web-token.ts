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
  if (algorithm.startsWith('HS')) return createHmac(hash, key.text).update(content).digest()
  const privateKey = readKey(key)
  if (algorithm === 'EdDSA') return sign(null, content, privateKey)
  if (algorithm.startsWith('ES')) return sign(hash, content, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  if (algorithm.startsWith('RS')) return sign(hash, content, privateKey)
  return sign(hash, content, {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  })
}

/** People paste keys with `\n` written out. */
const readKey = ({ text, passphrase }: JwtKey): KeyObject =>
  createPrivateKey({
    key: text.includes('\n') ? text : text.replaceAll('\\n', '\n'),
    ...(passphrase !== undefined && { passphrase }),
  })
