import { constants, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type JwtAlgorithm, signedToken } from './json-web-token.js'

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 1024 })
const ec = (namedCurve: string) => () => generateKeyPairSync('ec', { namedCurve })

describe('tokens that are signed with private keys', () => {
  it.each<[JwtAlgorithm, () => { readonly privateKey: KeyObject }, string | null, object]>([
    ['RS256', rsa, 'sha256', {}],
    ['PS256', rsa, 'sha256', pss],
    ['ES256', ec('P-256'), 'sha256', { dsaEncoding: 'ieee-p1363' }],
    ['ES256K', ec('secp256k1'), 'sha256', { dsaEncoding: 'ieee-p1363' }],
    ['ES512', ec('P-521'), 'sha512', { dsaEncoding: 'ieee-p1363' }],
    ['EdDSA', () => generateKeyPairSync('ed25519'), null, {}],
  ])('%s', (algorithm, makeKeys, hash, how) => {
    const { privateKey } = makeKeys()
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const encrypted = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' })
      .toString()
    const keys = [{ text: pem }, { text: pem.replaceAll('\n', '\\n') }, { text: encrypted, passphrase: 'open' }]
    for (const key of keys) {
      const [header = '', payload = '', signature = ''] = signedToken('{"a":1}', '{"b":2}', algorithm, key).split('.')
      const content = Buffer.from(`${header}.${payload}`)
      const publicKey = { key: createPublicKey(privateKey), ...how }
      expect(verify(hash, content, publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
      expect(Buffer.from(payload, 'base64url').toString()).toBe('{"b":2}')
    }
    expect(() => signedToken('{}', '{}', algorithm, { text: encrypted, passphrase: 'wrong' })).toThrow()
  })
})
