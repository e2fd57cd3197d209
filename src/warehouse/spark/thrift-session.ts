import { setTimeout as sleep } from 'node:timers/promises'
import { baseErrors, throwIfAborted } from '../../base/index.js'
import { type Authentication, type Handle, type HiveDriver, loadSparkDriver, type ThriftCalls } from './driver.js'
import { CallRefused, ConnectionGone, connectError, isStarting } from './errors.js'
import { placeOf, type SparkWarehouseOptions } from './options.js'

const defaultConnectTimeoutMs = 30_000
/** HIVE_CLI_SERVICE_PROTOCOL_V10; a server that knows less says so, and is spoken to as it wants. */
const protocolVersion = 9
const [errorStatus, invalidHandleStatus] = [3, 4]

/** A session as the options say. @throws WAREHOUSE_DRIVER_MISSING, WAREHOUSE_UNREACHABLE, WAREHOUSE_REFUSED, ABORTED */
export async function openThriftSession(options: SparkWarehouseOptions, signal?: AbortSignal): Promise<ThriftSession> {
  const driver = await loadSparkDriver()
  const { retries = 0, retriesAll = false, retryDelayMs = 10_000 } = options
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(signal)
    const wire = new ThriftWire(driver, options)
    try {
      return await wire.openSession(signal)
    } catch (cause) {
      wire.destroy()
      if (signal?.aborted) throw baseErrors.create('ABORTED', { message: 'Connecting was cancelled.', cause })
      if (attempt >= retries || !(retriesAll || isStarting(cause))) throw connectError(cause, placeOf(options))
      // Who is cancelled meanwhile is told so at once, above.
      await sleep(retryDelayMs, undefined, { signal }).catch(() => {})
    }
  }
}

/**
 * Ends what an operation of some session does: a session answers nothing else while it waits for one of its own.
 * @throws ConnectionGone also where the server does not answer in the time that it has for a connection
 */
export async function cancelElsewhere(options: SparkWarehouseOptions, operationHandle: Handle): Promise<void> {
  const wire = new ThriftWire(await loadSparkDriver(), { ...options, settings: {} })
  try {
    await wire.inTime(async () => {
      await wire.connect()
      await wire.call((calls) => calls.cancelOperation({ operationHandle }))
    })
  } finally {
    wire.destroy()
  }
}

/** One session with its connection. Its calls reject as soon as the connection is gone. */
export interface ThriftSession {
  readonly handle: Handle
  call<T extends { status: unknown }>(use: (calls: ThriftCalls) => Promise<T>): Promise<T>
  /** Another session over the same connection, in place of this one: what somebody set in it is forgotten. */
  renew(): Promise<ThriftSession>
  close(): Promise<void>
  destroy(): void
}

class ThriftWire {
  readonly #driver: HiveDriver
  readonly #options: SparkWarehouseOptions
  readonly #waiting = new Set<(error: unknown) => void>()
  #calls: ThriftCalls | undefined
  #end: (() => void) | undefined
  #destroy: () => void = () => {}
  #gone: unknown

  constructor(driver: HiveDriver, options: SparkWarehouseOptions) {
    this.#driver = driver
    this.#options = options
  }

  async openSession(signal?: AbortSignal): Promise<ThriftSession> {
    const abandon = () => this.#lose(new ConnectionGone('cancelled'))
    signal?.addEventListener('abort', abandon, { once: true })
    try {
      return await this.inTime(async () => {
        await this.connect()
        return this.#session()
      })
    } finally {
      signal?.removeEventListener('abort', abandon)
    }
  }

  /** Who waits longer than the options say for a connection waits for nothing. */
  async inTime<T>(work: () => Promise<T>): Promise<T> {
    const { connectTimeoutMs = defaultConnectTimeoutMs } = this.#options
    const timer = setTimeout(
      () => this.#lose(new ConnectionGone(`no answer within ${connectTimeoutMs / 1000} seconds`)),
      connectTimeoutMs,
    )
    try {
      return await work()
    } finally {
      clearTimeout(timer)
    }
  }

  async connect(): Promise<void> {
    const { HiveClient, HiveDriver, thrift, connections } = this.#driver
    const { host, port, http, isTls } = this.#options
    const client = new HiveClient(thrift.TCLIService, thrift.TCLIService_types)
    client.on('error', (error: unknown) => this.#lose(error))
    client.on('close', () => this.#lose(new ConnectionGone('it closed the connection')))
    const connection = http ? new connections.HttpConnection() : new connections.TcpConnection()
    const settings = http
      ? { path: http.path, https: http.isTls, nodeOptions: { rejectUnauthorized: true } }
      : { ssl: isTls === true, rejectUnauthorized: false }
    await this.#unlessGone(client.connect({ host, port, options: settings }, connection, this.#authentication()))
    this.#end = () => client.close()
    this.#calls = new HiveDriver(thrift.TCLIService_types, client.getClient())
  }

  async call<T extends { status: unknown }>(use: (calls: ThriftCalls) => Promise<T>): Promise<T> {
    const answer = await this.#unlessGone(use(this.#calls as ThriftCalls))
    const status = answer.status as { statusCode: number; errorMessage: string | null; sqlState: string | null }
    if (status.statusCode === errorStatus || status.statusCode === invalidHandleStatus) throw new CallRefused(status)
    return answer
  }

  destroy(): void {
    this.#lose(new ConnectionGone('it was closed'))
    this.#end?.()
    this.#destroy()
  }

  async #session(): Promise<ThriftSession> {
    const { user, settings = {} } = this.#options
    const { sessionHandle } = await this.call((calls) =>
      calls.openSession({ client_protocol: protocolVersion, username: user ?? null, configuration: settings }),
    )
    const closeSession = () => this.call((calls) => calls.closeSession({ sessionHandle }))
    return {
      handle: sessionHandle,
      call: (use) => this.call(use),
      renew: async () => {
        const renewed = await this.#session()
        await closeSession()
        return renewed
      },
      close: async () => {
        await closeSession().catch(() => {})
        this.destroy()
      },
      destroy: () => this.destroy(),
    }
  }

  /** As the driver has it, and with a hand on the socket: one that waits for an answer has no end of its own. */
  #authentication(): Authentication {
    const { auth } = this.#driver
    const { authentication, http, user, password } = this.#options
    const credentials = { username: user ?? 'dbt', password: password ?? 'x' }
    const chosen = http
      ? new auth.PlainHttpAuthentication(credentials)
      : authentication === 'plain'
        ? new auth.PlainTcpAuthentication(credentials)
        : new auth.NoSaslAuthentication()
    return {
      authenticate: async (transport) => {
        this.#destroy = () => transport.getTransport()?.destroy?.()
        return chosen.authenticate(transport)
      },
    }
  }

  #unlessGone<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#gone !== undefined) {
        work.catch(() => {})
        reject(this.#gone)
        return
      }
      this.#waiting.add(reject)
      work.then(resolve, reject).finally(() => this.#waiting.delete(reject))
    })
  }

  /** Tells everybody who waits; the driver leaves them waiting. */
  #lose(error: unknown): void {
    this.#gone ??= error
    for (const reject of this.#waiting) reject(error)
    this.#waiting.clear()
  }
}
