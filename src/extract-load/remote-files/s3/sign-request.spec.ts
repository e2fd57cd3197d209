import { expect, it } from 'vitest'
import { percentEncoded, signedHeaders } from './sign-request.js'

/** The examples of Amazon's documentation. */
const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const at = { region: 'us-east-1', now: new Date('2013-05-24T00:00:00Z') }
const bucket = 'https://examplebucket.s3.amazonaws.com'

it.each([
  ['GET', '/test.txt', { range: 'bytes=0-9' }, '', 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'],
  [
    'PUT',
    '/test%24file.text',
    { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
    'Welcome to Amazon S3.',
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  ['GET', '/?lifecycle', {}, '', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
  ['GET', '/?max-keys=2&prefix=J', {}, '', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
] as const)('%s %s is signed as Amazon does it', (method, path, headers, body, signature) => {
  const signed = signedHeaders(
    { method, url: new URL(`${bucket}${path}`), headers, body: Buffer.from(body) },
    credentials,
    at,
  )
  expect(signed.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/20130524\/us-east-1\/s3\//)
  expect(signed.authorization?.split('Signature=')[1]).toBe(signature)
})

it('a session token is signed with the rest', () => {
  const request = { method: 'GET', url: new URL(bucket), headers: {}, body: new Uint8Array() } as const
  const signed = signedHeaders(request, { ...credentials, sessionToken: 't' }, at)
  expect(signed['x-amz-security-token']).toBe('t')
  expect(signed.authorization).toContain('SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,')
})

it('names are written as bytes', () =>
  expect(percentEncoded("ü a/b'(c)*!~_.-")).toBe('%C3%BC%20a%2Fb%27%28c%29%2A%21~_.-'))
