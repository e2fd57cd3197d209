/** How a Thrift server of Spark is reached: `spark.sql.hive.thriftserver`, or what speaks its protocol. */
export interface SparkWarehouseOptions {
  /** A name or an address. */
  readonly host: string
  readonly port: number
  /** Over HTTP instead of a socket of its own. */
  readonly http?: { readonly path: string; readonly isTls: boolean } | undefined
  /** As `hive.server2.authentication` of the server: by name and password (`plain`), or without asking who calls. */
  readonly authentication: 'none' | 'plain'
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** A socket with TLS; the certificate is not looked at, as in dbt. */
  readonly isTls?: boolean | undefined
  /** How often a connection is tried again: when the cluster says that it is starting, or (`retriesAll`) whatever it is. */
  readonly retries?: number | undefined
  readonly retriesAll?: boolean | undefined
  readonly retryDelayMs?: number | undefined
  readonly connectTimeoutMs?: number | undefined
  /** The longest pause between two questions whether a statement is through. */
  readonly pollIntervalMs?: number | undefined
  /** A statement that takes longer is cancelled. */
  readonly queryTimeoutMs?: number | undefined
  /** Settings of every session. */
  readonly settings?: Readonly<Record<string, string>> | undefined
}

export const placeOf = ({ host, port, http }: SparkWarehouseOptions) =>
  http ? `${http.isTls ? 'https' : 'http'}://${host}:${port}${http.path}` : `${host}:${port}`
