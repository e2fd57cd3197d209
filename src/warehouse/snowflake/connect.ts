import type { ConnectionOptions, Connection as DriverConnection } from 'snowflake-sdk'
import { baseErrors, throwIfAborted } from '../../base/index.js'
import { warehouseErrors } from '../errors.js'
import { type Driver, loadDriver, openSession } from './driver.js'
import { endingRequests } from './ended-requests.js'
import { connectError, unreachable } from './errors.js'
import { loginOptions } from './login.js'
import type { SnowflakeWarehouseOptions } from './options.js'

export const placeOf = ({ account, host, port }: SnowflakeWarehouseOptions) =>
  host === undefined ? account : `${host}${port === undefined ? '' : `:${port}`}`

/** Opens a session as the options say. @throws WAREHOUSE_DRIVER_MISSING, WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED, ABORTED */
export async function connect(options: SnowflakeWarehouseOptions, signal?: AbortSignal): Promise<DriverConnection> {
  throwIfAborted(signal)
  const driver = await loadDriver()
  if (options.checksRevocation !== undefined) setRevocationChecks(driver, options.checksRevocation)
  const left = new AbortController()
  const opening = endingRequests(left.signal, () => open(driver, options, signal))
  return new Promise((resolve, reject) => {
    const leave = (error: Error) => {
      left.abort()
      // What it opens after all is closed.
      opening.then((connection) => connection.destroy(() => {})).catch(() => {})
      reject(error)
    }
    const onAbort = () =>
      leave(baseErrors.create('ABORTED', { message: 'Connecting was cancelled.', cause: signal?.reason }))
    const onTimeout = (timeoutMs: number) =>
      leave(unreachable(new Error(`the login took longer than ${timeoutMs / 1000} s`), placeOf(options)))
    const limitMs = loginLimitMs(options)
    const timer = limitMs === undefined ? undefined : setTimeout(onTimeout, limitMs, limitMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    opening.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    })
  })
}

/** A person at a browser is given the driver's own time. */
const loginLimitMs = ({ login, connectTimeoutMs }: SnowflakeWarehouseOptions) =>
  login.kind === 'browser' ? undefined : connectTimeoutMs

let areChecked: boolean | undefined

/** Of the whole process: one account must not decide it for another that says otherwise. @throws WAREHOUSE_REFUSED */
export function setRevocationChecks(driver: Pick<Driver, 'configure'>, isOn: boolean): void {
  if (areChecked !== undefined && areChecked !== isOn)
    throw warehouseErrors.create('WAREHOUSE_REFUSED', {
      message: `\`insecure_mode: ${!isOn}\` cannot be set: another Snowflake target of this process has ${!areChecked}, and the driver has one setting for all.`,
      hint: 'Give all Snowflake targets the same `insecure_mode`; where it was changed, start Millrace again.',
    })
  areChecked = isOn
  driver.configure({ disableOCSPChecks: !isOn })
}

async function open(
  driver: Driver,
  options: SnowflakeWarehouseOptions,
  signal: AbortSignal | undefined,
): Promise<DriverConnection> {
  const login = await loginOptions(options, signal)
  try {
    return await openSession(driver, { ...driverOptions(options), ...login })
  } catch (cause) {
    throw connectError(cause, placeOf(options))
  }
}

/**
 * How long an answer may take before the driver asks once more. It is of every request, statements too, which an account first answers
 * after 45 seconds if they go on: what `connect_timeout` says of logins would be too little.
 */
const answerTimeoutMs = 90_000

function driverOptions(options: SnowflakeWarehouseOptions): ConnectionOptions {
  const { host, port, protocol = 'https', schema, computeWarehouse, role, queryTag, proxyHost, proxyPort } = options
  return {
    account: options.account,
    ...(options.user === undefined ? {} : { username: options.user }),
    database: options.database,
    ...(schema === undefined ? {} : { schema }),
    ...(computeWarehouse === undefined ? {} : { warehouse: computeWarehouse }),
    ...(role === undefined ? {} : { role }),
    ...(host === undefined ? {} : { host, accessUrl: `${protocol}://${host}${port === undefined ? '' : `:${port}`}` }),
    ...(proxyHost === undefined ? {} : { proxyHost, proxyPort: proxyPort ?? 80 }),
    ...(queryTag === undefined ? {} : { queryTag }),
    application: 'millrace',
    clientSessionKeepAlive: options.isKeptAlive ?? false,
    timeout: answerTimeoutMs,
    sfRetryMaxLoginRetries: options.retries ?? 1,
    // Rows come when they are asked for, as arrays, with all their digits.
    streamResult: true,
    rowMode: 'array',
    fetchAsString: ['Number', 'JSON'],
    representNullAsStringNull: false,
    disableConsoleLogin: true,
  }
}
