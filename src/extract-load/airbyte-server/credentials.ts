import { z } from 'zod'
import { registerSecret } from '../../base/index.js'

/** Who asks. A server without users is asked by `none`. */
export type AirbyteCredentials =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'token'; readonly token: string }
  /** An application of the server: its id and secret are exchanged for a token that lives for minutes. */
  | { readonly type: 'application'; readonly clientId: string; readonly clientSecret: string }

/** What is sent along with a request; undefined: nothing. */
export const lastingAuthorization = (credentials: AirbyteCredentials): string | undefined => {
  if (credentials.type === 'token') return `Bearer ${credentials.token}`
  if (credentials.type !== 'basic') return undefined
  const encoded = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
  // It is the password in other letters.
  registerSecret(encoded)
  return `Basic ${encoded}`
}

export function registerCredentials(credentials: AirbyteCredentials): void {
  if (credentials.type === 'basic') registerSecret(credentials.password)
  if (credentials.type === 'token') registerSecret(credentials.token)
  if (credentials.type === 'application') registerSecret(credentials.clientSecret)
}

/** For people: who it is that asks. */
export const whoAsks = (credentials: AirbyteCredentials): string =>
  credentials.type === 'application'
    ? `the application ${credentials.clientId}`
    : credentials.type === 'basic'
      ? `the user ${credentials.username}`
      : credentials.type === 'token'
        ? 'the token that is set'
        : 'nobody in particular'

export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  /** Older servers do not say it: theirs live for three minutes. */
  expires_in: z.number().positive().nullish(),
})

const assumedLifeSeconds = 180
/** A token is renewed so long before it ends, where it lives long enough. */
const marginSeconds = 45

/** @returns for how long a token is used, in milliseconds */
export const usableMs = ({ expires_in: seconds }: z.output<typeof tokenAnswer>): number => {
  const life = seconds ?? assumedLifeSeconds
  return Math.max(life - marginSeconds, life / 2) * 1000
}
