/** Who asks, in the words of Google's sign-in. */
export type BigQueryLogin =
  /** What the machine has: `gcloud auth application-default login`, GOOGLE_APPLICATION_CREDENTIALS, the metadata server. */
  | { readonly kind: 'default' }
  | { readonly kind: 'keyfile'; readonly path: string }
  /** What stands in a key file of a service account. */
  | { readonly kind: 'key'; readonly key: Readonly<Record<string, unknown>> }
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'refreshToken'
      readonly refreshToken: string
      readonly clientId: string
      readonly clientSecret: string
      readonly tokenUri?: string | undefined
    }

export interface BigQueryWarehouseOptions {
  readonly login: BigQueryLogin
  /** Whose tables these are when nothing is said. Undefined: the project of the login. */
  readonly project?: string | undefined
  /** Whose jobs the statements are, and who pays. */
  readonly executionProject?: string | undefined
  /** Where names without a dataset are looked for. */
  readonly dataset?: string | undefined
  readonly location?: string | undefined
  /** The e-mail of a service account that the login acts as. */
  readonly impersonate?: string | undefined
  readonly scopes?: readonly string[] | undefined
  /** The project that quotas are counted for. */
  readonly quotaProject?: string | undefined
  readonly apiEndpoint?: string | undefined
  /** Of the Storage Write API; with `http://` it is reached without encryption and without a login. */
  readonly storageApiEndpoint?: string | undefined
  readonly priority?: 'interactive' | 'batch' | undefined
  readonly maximumBytesBilled?: bigint | undefined
  readonly jobTimeoutMs?: number | undefined
  /** How long asking for a job may take. */
  readonly creationTimeoutMs?: number | undefined
  /** How often a job is tried again that failed for a reason that passes. */
  readonly retries?: number | undefined
  readonly retryDeadlineMs?: number | undefined
  readonly reservation?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
}
