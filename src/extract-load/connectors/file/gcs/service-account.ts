import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { z } from 'zod'
import { registerSecret } from '../../../../base/index.js'

/** What a key file of Google says, as far as it is needed. */
const keyFile = z.object({
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
})

export interface ServiceAccount {
  readonly email: string
  readonly keyId: string | undefined
  readonly key: KeyObject
  /** Where a signed claim is exchanged for a token. */
  readonly tokenAddress: string
}

/** @param text of the key file @returns what is wrong with it, where something is */
export function readServiceAccount(text: string): ServiceAccount | string {
  const parsed = keyFile.safeParse(asJson(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return asJson(text) === undefined ? 'is no JSON' : `has no usable \`${issue?.path.join('.') ?? ''}\``
  }
  const { client_email: email, private_key: pem, private_key_id: keyId, token_uri: tokenAddress } = parsed.data
  registerSecret(pem)
  try {
    return { email, keyId, key: createPrivateKey(pem), tokenAddress }
  } catch {
    return 'has a `private_key` that is none'
  }
}

const scope = 'https://www.googleapis.com/auth/devstorage.read_only'
const lifeSeconds = 3600

/** What the account claims of itself, signed with its key (RFC 7523). */
export function signedClaim({ email, keyId, key, tokenAddress }: ServiceAccount, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000)
  const parts = [
    { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) },
    { iss: email, scope, aud: tokenAddress, iat: seconds, exp: seconds + lifeSeconds },
  ]
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
