import { createRequire } from 'node:module'
import type { ConnectionOptions, Connection as DriverConnection } from 'snowflake-sdk'
import { warehouseErrors } from '../errors.js'
import { fraction } from './cells.js'

export type Driver = typeof import('snowflake-sdk')

let loading: Promise<Driver> | undefined

/** The driver, ready for use. @throws WAREHOUSE_DRIVER_MISSING */
export function loadDriver(): Promise<Driver> {
  loading ??= load()
  loading.catch(() => {
    loading = undefined
  })
  return loading
}

async function load(): Promise<Driver> {
  const module = await quietly(() => import('snowflake-sdk')).catch((cause: NodeJS.ErrnoException) => {
    const isMissing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(String(cause.code))
    throw warehouseErrors.create('WAREHOUSE_DRIVER_MISSING', {
      message: isMissing
        ? 'Snowflake needs the package `snowflake-sdk`, which is not installed.'
        : `The package \`snowflake-sdk\` cannot be loaded: ${cause.message}`,
      hint: 'Install it beside millrace: `npm install snowflake-sdk@3.3.0` (with -g where millrace was installed so).',
      cause,
    })
  })
  const driver = ((module as { default?: Driver }).default ?? module) as Driver
  // Otherwise it writes a file snowflake.log into whatever folder a command was started in.
  driver.configure({ logLevel: 'OFF', additionalLogToConsole: false, customLogger: silent })
  keepDigitsOfTimes()
  return driver
}

/** A library within the driver tells whoever starts it which later version of Node it will want: nothing that a user of this one could do. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const { emitWarning } = process
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!/NodeVersionSupportWarning/.test(String(warning))) emitWarning.call(process, warning, ...rest)
  }) as typeof emitWarning
  try {
    return await work()
  } finally {
    process.emitWarning = emitWarning
  }
}

const nothing = () => {}
const silent = { error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing }

interface DriverTimes {
  prototype: { toSfTime: (this: { epochSeconds: number; nanoSeconds: number }) => { toJSON(): string } }
}

/**
 * The driver gives a TIME in the session's output format only, which by default drops what is behind the second; of all other types it
 * gives every digit. Told to print times as ISO 8601 has them, it does so here.
 */
function keepDigitsOfTimes(): void {
  const require = createRequire(import.meta.url)
  const times = require('snowflake-sdk/dist/lib/connection/result/sf_timestamp.js') as DriverTimes
  times.prototype.toSfTime = function () {
    const { epochSeconds, nanoSeconds } = this
    return { toJSON: () => `${new Date(epochSeconds * 1000).toISOString().slice(11, 19)}${fraction(nanoSeconds)}` }
  }
}

/** Opens a session; the driver's promise, which also those logins have that ask elsewhere. */
export async function openSession(driver: Driver, options: ConnectionOptions): Promise<DriverConnection> {
  const connection = driver.createConnection(options)
  await new Promise<void>((resolve, reject) => {
    connection.connectAsync((error) => (error ? reject(error) : resolve())).catch(reject)
  })
  return connection
}
