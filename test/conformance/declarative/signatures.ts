import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'

/** Of whole tokens within longer texts; what is no token is not even tried. */
const tokenPattern = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g

/**
 * A text with `{{signed by KEY}}` in place of each signature that no two calls make alike: of ECDSA and RSASSA-PSS
 * (RFC 7518, 3.4 and 3.5). One that none of the keys has made stays as it is.
 * @param publicKeys in PEM, by the names that stand in `scenario.json`
 */
export function withVerifiedSignatures(text: string, publicKeys: Readonly<Record<string, string>>): string {
  const keys = Object.entries(publicKeys).map(([name, pem]) => [name, createPublicKey(pem)] as const)
  return text.replace(tokenPattern, (token) => {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const content = `${header}.${payload}`
    const by = keys.find(([, key]) => isSignedBy(key, algorithmOf(header), content, signature))
    return by ? `${content}.{{signed by ${by[0]}}}` : token
  })
}

function algorithmOf(header: string): string {
  try {
    return String((JSON.parse(Buffer.from(header, 'base64url').toString()) as { readonly alg?: unknown }).alg)
  } catch {
    return 'none'
  }
}

function isSignedBy(key: KeyObject, algorithm: string, content: string, signature: string): boolean {
  const [hash, signed] = [`sha${algorithm.slice(2, 5)}`, Buffer.from(signature, 'base64url')]
  if (algorithm.startsWith('ES') && key.asymmetricKeyType === 'ec')
    return verify(hash, Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' }, signed)
  if (algorithm.startsWith('PS') && key.asymmetricKeyType === 'rsa')
    return verify(
      hash,
      Buffer.from(content),
      { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
      signed,
    )
  return false
}
