export interface SnowflakeWarehouseOptions {
  /** `organization-account`, or the older locator with its region: `xy12345.eu-central-1`. */
  readonly account: string
  /** Names are folded to upper case as in SQL, unless they stand in double quotes. */
  readonly database: string
  readonly schema?: string | undefined
  readonly user?: string | undefined
  /** The virtual warehouse that statements run on; left out: the user's own. */
  readonly computeWarehouse?: string | undefined
  readonly role?: string | undefined
  readonly login: SnowflakeLogin
  /** Where it is not the account's own address: private links, proxies, tests. */
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly protocol?: 'http' | 'https' | undefined
  readonly proxyHost?: string | undefined
  readonly proxyPort?: number | undefined
  /** What `query_tag` every statement of a session has. */
  readonly queryTag?: string | undefined
  /** Sessions that nobody uses for four hours are kept nevertheless. */
  readonly isKeptAlive?: boolean | undefined
  /** How long a login may take, with a token that it needs and its retries; one in a browser has the driver's own limit. */
  readonly connectTimeoutMs?: number | undefined
  /** How often a login is tried again when the account does not answer. */
  readonly retries?: number | undefined
  /** `connect` gives the session that also answers for the catalog, and ends with the warehouse: one login in all. */
  readonly isOneSession?: boolean | undefined
  /**
   * Whether the certificate of the server is asked for being revoked. The driver has one setting for the process: left out, it is as
   * another account has set it, and true where none has.
   */
  readonly checksRevocation?: boolean | undefined
}

/** How a session proves who it is. */
export type SnowflakeLogin =
  | { readonly kind: 'password'; readonly password: string }
  /** With a second factor: the code, or the confirmation on a phone. */
  | { readonly kind: 'mfa'; readonly password: string; readonly passcode?: string | undefined }
  /** PEM text, or the path of a file with it. */
  | {
      readonly kind: 'key-pair'
      readonly key?: string | undefined
      readonly keyPath?: string | undefined
      readonly passphrase?: string | undefined
    }
  /** An access token, or, with a client, a refresh token that is changed for one. */
  | {
      readonly kind: 'oauth'
      readonly token: string
      readonly clientId?: string | undefined
      readonly clientSecret?: string | undefined
    }
  /** A programmatic access token. */
  | { readonly kind: 'access-token'; readonly token: string }
  /** Single sign-on in a browser of this machine. */
  | { readonly kind: 'browser' }
  /** Single sign-on by Okta's own login, at this address. */
  | { readonly kind: 'okta'; readonly address: string; readonly password: string }
  /** OAuth where the driver itself asks for the token, as this client. */
  | {
      readonly kind: 'client-credentials'
      readonly clientId: string
      readonly clientSecret: string
      readonly tokenAddress: string
      readonly scope?: string | undefined
    }
