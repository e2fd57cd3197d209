import type { ConnectionOptions, Connection as DriverConnection } from 'snowflake-sdk'
import { baseErrors, throwIfAborted } from '../../base/index.js'
import { loadDriver, openSession } from './driver.js'
import { connectError } from './errors.js'
import { loginOptions } from './login.js'
import type { SnowflakeWarehouseOptions } from './options.js'

export const placeOf = ({ account, host, port }: SnowflakeWarehouseOptions) =>
  host === undefined ? account : `${host}${port === undefined ? '' : `:${port}`}`

/** Opens a session as the options say. @throws WAREHOUSE_DRIVER_MISSING, WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED, ABORTED */
export async function connect(options: SnowflakeWarehouseOptions, signal?: AbortSignal): Promise<DriverConnection> {
  throwIfAborted(signal)
  const driver = await loadDriver()
  driver.configure({ disableOCSPChecks: options.checksRevocation === false })
  const opening = open(driver, options)
  if (!signal) return opening
  return new Promise((resolve, reject) => {
    const leave = () => {
      // The driver cannot be told to stop: what it opens after all is closed.
      opening.then((connection) => connection.destroy(() => {})).catch(() => {})
      reject(baseErrors.create('ABORTED', { message: 'Connecting was cancelled.', cause: signal.reason }))
    }
    signal.addEventListener('abort', leave, { once: true })
    opening.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

async function open(
  driver: Awaited<ReturnType<typeof loadDriver>>,
  options: SnowflakeWarehouseOptions,
): Promise<DriverConnection> {
  const login = await loginOptions(options)
  try {
    return await openSession(driver, { ...driverOptions(options), ...login })
  } catch (cause) {
    throw connectError(cause, placeOf(options))
  }
}

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
    timeout: options.connectTimeoutMs ?? 90_000,
    sfRetryMaxLoginRetries: options.retries ?? 1,
    // Rows come when they are asked for, as arrays, with all their digits.
    streamResult: true,
    rowMode: 'array',
    fetchAsString: ['Number', 'JSON'],
    representNullAsStringNull: false,
    disableConsoleLogin: true,
  }
}
