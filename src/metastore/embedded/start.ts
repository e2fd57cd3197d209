import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { isProcessAlive, type Logger, registerSecret, silentLogger, systemClock } from '../../base/index.js'
import { metastoreErrors } from '../errors.js'
import { type Access, accessFile, readAccess, urlOf, writeAccess } from './access-file.js'
import { giveToNobody, isDataFolder, reachableDataDir, requireOwn, requireUsable } from './as-nobody.js'
import { answers, hasOtherClients } from './ask-server.js'
import { type PostgresBinaries, postgresBinaries } from './binaries.js'
import { makeDataFolder, setPassword } from './data-folder.js'
import { type FailedStart, isHeldByDying, isOfOtherVersion, startError } from './failed-start.js'
import { endProcess, startServer, startTimeoutMs } from './server-process.js'
import { disownStaleLock } from './stale-lock.js'
import { withStoreLock } from './store-lock.js'

export interface EmbeddedPostgres {
  readonly url: string
  readonly pid: number
  /** Starts the server again, at the same address, whenever it is gone, until the signal aborts. */
  keepAlive(signal: AbortSignal): Promise<void>
  /** Ends the server, unless other processes are still connected: the last one to leave ends it. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  readonly dataDir: string
  readonly logger: Logger
  /** Of the server, besides or instead of the usual small ones. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Told the address as soon as it is known, which is before anybody answers there. */
  readonly onAddress?: ((url: string) => void) | undefined
  /** Ends the waiting for another process that starts or stops the server. */
  readonly signal?: AbortSignal | undefined
}

const watchMs = 300
/** A server that was killed holds its folder for a moment. */
const buriedWithinMs = 5_000
/** Whoever starts a server, and has to make its folder first, is done by then. */
const lockPatienceMs = 2 * startTimeoutMs

/**
 * Starts the embedded PostgreSQL of a project, or attaches to it when it runs already (another command started it, or
 * its starter was killed). It listens on 127.0.0.1 only, with a password that only this user can read.
 * @throws METASTORE_START_FAILED with the server's own last words, METASTORE_OTHER_VERSION, METASTORE_FOLDER_UNUSABLE
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = reachableDataDir(options.dataDir)
  await mkdir(dirname(dataDir), { recursive: true, mode: 0o755 })
  if (dataDir !== options.dataDir) requireOwn(dirname(dataDir))
  const start = { ...options, dataDir }
  return handle(start, await ensureRunning(start))
}

interface RunningServer {
  readonly access: Access
  readonly pid: number
}

/** Finds the server running, or starts it; at the address of before when others know that already. */
function ensureRunning(options: EmbeddedOptions, before?: Access): Promise<RunningServer> {
  const { dataDir } = options
  return withStoreLock(`${dataDir}.lock`, { patienceMs: lockPatienceMs, signal: options.signal }, async () => {
    const startedMs = systemClock.monotonicMs()
    const fresh = { port: before?.port ?? (await freePort()), password: randomBytes(24).toString('hex') }
    for (;;) {
      const known = (await readAccess(dataDir)) ?? before
      const running = known && (await attach(dataDir, known))
      if (running) {
        options.onAddress?.(urlOf(running.access))
        return running
      }
      const access = { port: fresh.port, password: (known ?? fresh).password }
      registerSecret(access.password)
      options.onAddress?.(urlOf(access))
      const binaries = postgresBinaries()
      const failed = await prepare(options, binaries, access, known !== undefined)
      const started = failed ?? (await startServer(options, binaries, access))
      if ('pid' in started) return { access, pid: started.pid }
      const patienceMs = failed ? buriedWithinMs : startTimeoutMs
      const isWorthWaiting = isHeldByDying(started) && systemClock.monotonicMs() - startedMs <= patienceMs
      if (!isWorthWaiting) throw failed ? passwordGone(dataDir, failed) : startError(dataDir, started)
      await disownStaleLock(dataDir)
      await systemClock.sleep(100)
    }
  })
}

/** Has the folder and its password ready, and notes how the server is reached. */
async function prepare(
  { dataDir, logger }: EmbeddedOptions,
  binaries: PostgresBinaries,
  access: Access,
  isKnown: boolean,
): Promise<FailedStart | undefined> {
  requireUsable(dataDir)
  if (!isDataFolder(dataDir)) {
    // First, so that there never is a folder whose password nobody knows.
    await writeAccess(dataDir, access)
    await makeDataFolder(dataDir, binaries, access.password)
    return undefined
  }
  giveToNobody(dataDir)
  if (!isKnown) {
    const failed = await setPassword(dataDir, binaries, access.password)
    if (failed) return failed
    logger.warn(
      `The password of the metadata store was gone (${accessFile(dataDir)} was missing, or not what was written there). It has a new one; what it holds is as it was.`,
    )
  }
  await writeAccess(dataDir, access)
  return undefined
}

/** And PostgreSQL does not give it a new one. */
function passwordGone(dataDir: string, failed: FailedStart) {
  if (isOfOtherVersion(failed)) return startError(dataDir, failed)
  const gone = `the password that opens it is gone: ${accessFile(dataDir)} is missing, or not what was written there`
  if (isHeldByDying(failed))
    return metastoreErrors.create('METASTORE_FOLDER_UNUSABLE', {
      message: `A PostgreSQL runs in ${dataDir}, and ${gone}.`,
      hint: `Bring that file back. Or end what runs on the project (the first line of ${join(dataDir, 'postmaster.pid')} is the server's process: kill -INT): the next command gives the store a new password, and nothing that it holds is lost.`,
    })
  return metastoreErrors.create('METASTORE_FOLDER_UNUSABLE', {
    message: `A metadata store lies in ${dataDir}, ${gone}. PostgreSQL could not give it a new one (${failed.reason}). Its last words:\n${failed.lastWords}`,
    hint: 'Bring back that file, or the folder from a backup. Or move the folder away: the history of runs and the secrets that were kept there begin anew then; warehouse and project stay as they are.',
  })
}

/** Ends the server of a project, where one runs and nobody is connected to it any more. */
export async function stopAbandonedPostgres(dataDir: string): Promise<void> {
  const reachable = reachableDataDir(dataDir)
  const known = await readAccess(reachable)
  const running = known && (await attach(reachable, known))
  if (running) await handle({ dataDir: reachable, logger: silentLogger }, running).stop()
}

/** Whether an address is that of the embedded server of a project, as processes of this machine are handed it. */
export async function isEmbeddedAddress(url: string, dataDir: string): Promise<boolean> {
  const known = await readAccess(reachableDataDir(dataDir))
  // The password is of this server alone.
  return known !== undefined && URL.canParse(url) && new URL(url).password === known.password
}

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
          pid = (await ensureRunning({ ...options, signal }, server.access)).pid
        } catch (error) {
          // What is left of the old server may still hold its memory for a moment.
          if (!signal.aborted) logger.warn('The metadata store could not be started; trying again', { error })
        }
      }
    },
    async stop() {
      try {
        await withStoreLock(`${dataDir}.lock`, { patienceMs: lockPatienceMs }, async () => {
          if (!(await hasOtherClients(url))) await endProcess(pid)
        })
      } catch (error) {
        // Whoever holds the lock wants the server, or ends it.
        logger.warn('The metadata store (PostgreSQL) was left running.', { error })
      }
    },
  }
}

/** The server that runs there. Its own lock file has its port: who was killed while it started one may have written down another. */
async function attach(dataDir: string, known: Access): Promise<RunningServer | undefined> {
  const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const [pid, port] = [Number(lines[0]), Number(lines[3])]
  if (!Number.isInteger(pid) || pid <= 0 || !(port > 0) || !isProcessAlive(pid)) return undefined
  const access = { ...known, port }
  if (!(await answers(urlOf(access), 5_000))) return undefined
  if ((await readAccess(dataDir))?.port !== port) await writeAccess(dataDir, access)
  return { access, pid }
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
