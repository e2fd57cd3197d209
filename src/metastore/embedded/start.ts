import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import pg from 'pg'
import {
  acquireFileLock,
  isLock,
  isProcessAlive,
  type Logger,
  registerSecret,
  silentLogger,
  systemClock,
} from '../../base/index.js'
import { metastoreErrors } from '../errors.js'
import { giveToNobody, identity, isRoot, nobody, reachableDataDir } from './as-nobody.js'
import { type PostgresBinaries, postgresBinaries } from './binaries.js'
import { disownStaleLock } from './stale-lock.js'

export interface EmbeddedPostgres {
  readonly url: string
  readonly pid: number
  /** Starts the server again, at the same address, whenever it is gone, until the signal aborts. */
  keepAlive(signal: AbortSignal): Promise<void>
  /** Ends the server, unless other processes are still connected: the last one to leave ends it. */
  stop(): Promise<void>
}

interface Access {
  readonly port: number
  readonly password: string
}

const startTimeoutMs = 30_000
const watchMs = 300

/**
 * Starts the embedded PostgreSQL of a project, or attaches to it when it runs already (another command started it, or
 * its starter was killed). It listens on 127.0.0.1 only, with a password that only this user can read.
 * @throws METASTORE_START_FAILED with the server's own last words
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = reachableDataDir(options.dataDir)
  await mkdir(dirname(dataDir), { recursive: true })
  const start = { ...options, dataDir }
  return handle(start, await ensureRunning(start))
}

export interface EmbeddedOptions {
  readonly dataDir: string
  readonly logger: Logger
  /** Of the server, besides or instead of the usual small ones. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Told the address as soon as it is known, which is before anybody answers there. */
  readonly onAddress?: ((url: string) => void) | undefined
}

interface RunningServer {
  readonly access: Access
  readonly pid: number
}

/** Finds the server running, or starts it; at `port` when others know that address already. */
function ensureRunning(options: EmbeddedOptions, port?: number): Promise<RunningServer> {
  const { dataDir } = options
  return withLock(`${dataDir}.lock`, async () => {
    const deadline = systemClock.monotonicMs() + startTimeoutMs
    let known = port
    for (;;) {
      const running = await attach(dataDir)
      if (running) {
        options.onAddress?.(urlOf(running.access))
        return running
      }
      const binaries = postgresBinaries()
      const access = await accessFor(dataDir, known)
      known = access.port
      options.onAddress?.(urlOf(access))
      await prepare(dataDir, binaries, access)
      const started = await startServer(options, binaries, access)
      if ('pid' in started) return { access, pid: started.pid }
      if (!isHeldByDying(started.lastWords) || systemClock.monotonicMs() > deadline) throw startError(dataDir, started)
      await disownStaleLock(dataDir)
      await systemClock.sleep(100)
    }
  })
}

/** A server that was killed a moment ago holds its lock file and its memory until the system has buried it. */
const isHeldByDying = (lastWords: string) =>
  lastWords.includes('"postmaster.pid" already exists') || lastWords.includes('pre-existing shared memory block')

/** Ends the server of a project, where one runs and nobody is connected to it any more. */
export async function stopAbandonedPostgres(dataDir: string): Promise<void> {
  const reachable = reachableDataDir(dataDir)
  const running = await attach(reachable)
  if (running) await handle({ dataDir: reachable, logger: silentLogger }, running).stop()
}

/** Whether an address is that of the embedded server of a project, as processes of this machine are handed it. */
export async function isEmbeddedAddress(url: string, dataDir: string): Promise<boolean> {
  const known = await readAccess(reachableDataDir(dataDir))
  // The password is of this server alone, and never changes.
  return known !== undefined && URL.canParse(url) && new URL(url).password === known.password
}

const accessFile = (dataDir: string) => `${dataDir}.access.json`
const urlOf = ({ port, password }: Access) => `postgresql://millrace:${password}@127.0.0.1:${port}/postgres`

function handle(options: EmbeddedOptions, server: RunningServer): EmbeddedPostgres {
  const { dataDir, logger } = options
  registerSecret(server.access.password)
  const url = urlOf(server.access)
  let { pid } = server
  return {
    url,
    get pid() {
      return pid
    },
    async keepAlive(signal) {
      while (!signal.aborted) {
        await systemClock.sleep(watchMs, { signal }).catch(() => {})
        if (signal.aborted || isProcessAlive(pid)) continue
        logger.warn('The metadata store (PostgreSQL) ended; starting it again.')
        try {
          pid = (await ensureRunning(options, server.access.port)).pid
        } catch (error) {
          // What is left of the old server may still hold its memory for a moment.
          logger.warn('The metadata store could not be started; trying again', { error })
        }
      }
    },
    stop: () =>
      withLock(`${dataDir}.lock`, async () => {
        if (await hasOtherClients(url)) return
        await endProcess(pid)
      }),
  }
}

async function readAccess(dataDir: string): Promise<Access | undefined> {
  return JSON.parse(await readFile(accessFile(dataDir), 'utf8').catch(() => 'null')) ?? undefined
}

/** As a whole or not at all: without the password nobody comes in again. */
async function writeAccess(dataDir: string, access: Access): Promise<void> {
  const partial = `${accessFile(dataDir)}.new`
  await writeFile(partial, JSON.stringify(access), { mode: 0o600 })
  await chmod(partial, 0o600)
  await rename(partial, accessFile(dataDir))
}

/** The server that runs there. Its own lock file has its port: who was killed while it started one may have written down another. */
async function attach(dataDir: string): Promise<RunningServer | undefined> {
  const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  const known = await readAccess(dataDir)
  if (!known || !Number.isInteger(pid) || pid <= 0 || !(port > 0) || !isProcessAlive(pid)) return undefined
  const access = { ...known, port }
  if (!(await answers(urlOf(access), 5_000))) return undefined
  if (known.port !== port) await writeAccess(dataDir, access)
  return { access, pid }
}

/** A free port, and the password: the one of before, or a new one. */
async function accessFor(dataDir: string, port?: number): Promise<Access> {
  const known = await readAccess(dataDir)
  return { port: port ?? (await freePort()), password: known?.password ?? randomBytes(24).toString('hex') }
}

/** Makes the data folder at the first start, and notes how the server is reached. */
async function prepare(dataDir: string, { initdb }: PostgresBinaries, access: Access): Promise<void> {
  const known = await readAccess(dataDir)
  if (!known || !existsSync(join(dataDir, 'PG_VERSION'))) {
    await rm(dataDir, { recursive: true, force: true })
    await mkdir(dataDir, { recursive: true })
    const passwordFile = `${dataDir}.password`
    await writeFile(passwordFile, access.password, { mode: 0o600 })
    if (isRoot) {
      await chown(dataDir, nobody, nobody)
      await chown(passwordFile, nobody, nobody)
    }
    try {
      await run(initdb, [
        '-D',
        dataDir,
        '-U',
        'millrace',
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--no-sync',
        '--locale=C',
      ])
    } finally {
      await rm(passwordFile, { force: true })
    }
  } else giveToNobody(dataDir)
  await writeAccess(dataDir, access)
}

/** Small: the store of one team is small, and everything together should fit a laptop. */
const smallSettings = {
  shared_buffers: '16MB',
  max_connections: '40',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
  autovacuum_naptime: '30s',
  jit: 'off',
  max_parallel_workers: '0',
  max_worker_processes: '1',
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_senders: '0',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  log_timezone: 'UTC',
  timezone: 'UTC',
}

async function startServer(
  { dataDir, logger, settings }: EmbeddedOptions,
  { postgres }: PostgresBinaries,
  access: Access,
): Promise<{ readonly pid: number } | FailedStart> {
  const log = logFile(dataDir)
  const output = openSync(log, 'w', 0o600)
  const args = [
    '-D',
    dataDir,
    '-p',
    String(access.port),
    ...Object.entries({ ...smallSettings, ...settings }).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ]
  // A session of its own: it outlives a killed parent, and Ctrl-C in the terminal does not reach it.
  const child = spawn(postgres, args, { stdio: ['ignore', output, output], detached: true, cwd: '/', ...identity })
  closeSync(output)
  let exit: string | undefined
  child.on('error', (error) => {
    exit = error.message
  })
  child.on('exit', (code) => {
    exit = `exit code ${code}`
  })
  child.unref()
  const deadline = systemClock.monotonicMs() + startTimeoutMs
  while (exit === undefined && systemClock.monotonicMs() < deadline) {
    if (await answers(urlOf(access), 1_000)) {
      logger.debug('Embedded PostgreSQL started', { pid: child.pid, port: access.port })
      return { pid: child.pid as number }
    }
    await systemClock.sleep(25)
  }
  if (exit === undefined) child.kill('SIGQUIT')
  const lastWords = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n')
  return { reason: exit ?? 'it did not answer in time', lastWords }
}

interface FailedStart {
  readonly reason: string
  readonly lastWords: string
}

const logFile = (dataDir: string) => `${dataDir}.log`

function startError(dataDir: string, { reason, lastWords }: FailedStart) {
  if (lastWords.includes('incompatible with server'))
    return metastoreErrors.create('METASTORE_OTHER_VERSION', {
      message: `The metadata store in ${dataDir} was made by a Millrace with another PostgreSQL.`,
      hint: `Use that version of Millrace, or move the folder away: the history of runs then starts anew; warehouse and project stay as they are. The server's log: ${logFile(dataDir)}.`,
    })
  return metastoreErrors.create('METASTORE_START_FAILED', {
    message: `The embedded PostgreSQL did not start (${reason}). Its last words:\n${lastWords}`,
    hint: `Its whole log: ${logFile(dataDir)}. Or use a PostgreSQL of your own: set DATABASE_URL.`,
  })
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', ...identity })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    const fail = (why: string) =>
      reject(
        metastoreErrors.create('METASTORE_START_FAILED', {
          message: `The embedded PostgreSQL could not be set up: ${why}`,
          hint: 'Or use a PostgreSQL of your own: set DATABASE_URL.',
        }),
      )
    child.on('error', (error) => fail(error.message))
    child.on('exit', (code) => (code === 0 ? resolve() : fail(output.trim().split('\n').slice(-3).join(' '))))
  })
}

async function answers(url: string, timeoutMs: number): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function hasOtherClients(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query(
      "select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    )
    return rows[0].n > 0
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** SIGINT is PostgreSQL's fast shutdown: transactions are rolled back, everything is written. */
async function endProcess(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isProcessAlive(pid)) return
    process.kill(pid, signal)
    const deadline = systemClock.monotonicMs() + 10_000
    while (isProcessAlive(pid) && systemClock.monotonicMs() < deadline) await systemClock.sleep(20)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** One process at a time starts or stops the server. */
async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const outcome = await acquireFileLock(path)
    if (isLock(outcome)) {
      try {
        return await work()
      } finally {
        await outcome.release()
      }
    }
    await systemClock.sleep(25)
  }
}
