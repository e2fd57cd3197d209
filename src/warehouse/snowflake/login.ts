import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ConnectionOptions } from 'snowflake-sdk'
import { throwIfAborted } from '../../base/index.js'
import { warehouseErrors } from '../errors.js'
import type { SnowflakeLogin, SnowflakeWarehouseOptions } from './options.js'

/** Where the options have no limit. */
const loginTimeoutMs = 90_000

/** What the driver is told of a login. @throws WAREHOUSE_REFUSED, WAREHOUSE_UNREACHABLE, ABORTED */
export async function loginOptions(
  options: SnowflakeWarehouseOptions,
  signal?: AbortSignal,
): Promise<ConnectionOptions> {
  const { login } = options
  switch (login.kind) {
    case 'password':
      return { password: login.password }
    case 'mfa':
      return {
        authenticator: 'USERNAME_PASSWORD_MFA',
        password: login.password,
        // The confirmation is asked for once, not with every session.
        clientRequestMFAToken: true,
        ...(login.passcode === undefined ? {} : { passcode: login.passcode }),
      }
    case 'key-pair':
      return { authenticator: 'SNOWFLAKE_JWT', privateKey: await privateKey(login) }
    case 'oauth':
      return { authenticator: 'OAUTH', token: await accessToken(options, login, signal) }
    case 'access-token':
      return { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: login.token }
    case 'browser':
      return { authenticator: 'EXTERNALBROWSER', clientStoreTemporaryCredential: true }
    case 'okta':
      return { authenticator: login.address, password: login.password }
    case 'client-credentials':
      return {
        authenticator: 'OAUTH_CLIENT_CREDENTIALS',
        oauthClientId: login.clientId,
        oauthClientSecret: login.clientSecret,
        oauthTokenRequestUrl: login.tokenAddress,
        ...(login.scope === undefined ? {} : { oauthScope: login.scope }),
      }
  }
}

type Login<Kind extends SnowflakeLogin['kind']> = Extract<SnowflakeLogin, { readonly kind: Kind }>

/** The driver takes a PKCS #8 key in PEM without a passphrase; people also have DER in base 64, as dbt reads it. */
async function privateKey({ key, keyPath, passphrase }: Login<'key-pair'>): Promise<string> {
  const refused = (message: string, cause: unknown) =>
    warehouseErrors.create('WAREHOUSE_REFUSED', {
      message,
      hint: 'It is an RSA key in PKCS #8: `openssl genrsa 2048 | openssl pkcs8 -topk8 -inform PEM -out rsa_key.p8`. An encrypted one needs private_key_passphrase.',
      cause,
    })
  const text =
    key ??
    (await readFile(keyPath ?? '', 'utf8').catch((cause: Error) => {
      throw refused(`The private key file ${keyPath} cannot be read: ${cause.message}`, cause)
    }))
  try {
    const secret = passphrase === undefined ? {} : { passphrase }
    const parsed = text.includes('-----BEGIN')
      ? createPrivateKey({ key: text, ...secret })
      : createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8', ...secret })
    return parsed.export({ format: 'pem', type: 'pkcs8' }).toString()
  } catch (cause) {
    throw refused(`The private key cannot be used: ${(cause as Error).message}`, cause)
  }
}

/** https://docs.snowflake.com/en/user-guide/oauth-custom#token-endpoint */
async function accessToken(
  { account, host, port, protocol = 'https', connectTimeoutMs = loginTimeoutMs }: SnowflakeWarehouseOptions,
  { token, clientId, clientSecret }: Login<'oauth'>,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (clientId === undefined || clientSecret === undefined) return token
  const server =
    host === undefined ? `${account}.snowflakecomputing.com` : `${host}${port === undefined ? '' : `:${port}`}`
  const address = `${protocol}://${server}/oauth/token-request`
  const limit = AbortSignal.timeout(connectTimeoutMs)
  let answer: Response
  let body: { access_token?: unknown; message?: unknown }
  try {
    answer = await fetch(address, {
      method: 'POST',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded;charset=utf-8',
      },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: token,
        redirect_uri: 'http://localhost',
      }),
    })
    body = await (answer.json() as Promise<typeof body>).catch((error: unknown) => {
      // What is no JSON says nothing; what was cut off is an error.
      if (error instanceof SyntaxError) return {}
      throw error
    })
  } catch (cause) {
    throwIfAborted(signal)
    throw warehouseErrors.create('WAREHOUSE_UNREACHABLE', {
      message: `Snowflake at ${server} does not answer: ${(cause as Error).message}`,
      hint: 'Check `account`, host and port of the target in profiles.yml, and the network.',
      cause,
    })
  }
  if (typeof body.access_token === 'string') return body.access_token
  throw warehouseErrors.create('WAREHOUSE_REFUSED', {
    message: `Snowflake at ${server} gives no access token for the refresh token: ${String(body.message ?? answer.status)}`,
    hint: 'Check token, oauth_client_id and oauth_client_secret; a refresh token ends after some time, and is then to be asked for anew.',
  })
}
