import { fileURLToPath } from 'node:url'
import { adminPasswordVariable } from '../../access/index.js'
import { acquireFileLock, type FileLock, isLock, type Logger, type MillraceError } from '../../base/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { readInstallation } from '../local/installation.js'
import { requireReachableStore } from '../processes/execution/run-launching.js'
import { openStore, type StoreHandle } from '../processes/store/open-store.js'
import { prepareStateFolder } from '../project/state-folder.js'
import { superviseChild } from './child.js'
import { fatalError, isLogLine, type ReadyServer, readyServer } from './child-lines.js'
import { upLock } from './up-lock.js'

export interface UpOptions {
  readonly host?: string | undefined
  readonly port?: number | undefined
  /** Of Airbyte's API, where it is not what the project says. */
  readonly airbytePort?: number | 'any' | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of Millrace, for who asks what runs here. */
  readonly version?: string | undefined
  readonly logger: Logger
  /** Takes lines of the children's logs as they are, where these are JSON; what else they say becomes a record of ours. */
  readonly onLogLine?: ((line: string) => void) | undefined
  readonly signal: AbortSignal
  /** Called once, when the page is served. */
  readonly onReady: (ready: ReadyServer & { readonly store: StoreHandle['store'] }) => void
}

/**
 * Keeps two processes alive, server and engine, beside the metadata store, until the signal aborts. The store is
 * started here so that it outlives a crash of either child; they start while it does, and wait for it.
 * @throws PROJECT_IN_USE; PROCESS_DIED when a child ends again and again; what a child says that only a person can mend
 */
export async function runUp(project: Project, options: UpOptions): Promise<void> {
  requireReachableStore(project)
  const lock = await lockProject(project, options.version)
  try {
    await superviseAll(project, options, lock)
  } finally {
    await lock.release()
  }
}

async function lockProject(project: Project, version: string | undefined): Promise<FileLock> {
  await prepareStateFolder(project)
  const outcome = await acquireFileLock(upLock(project), { startedAt: new Date().toISOString(), version })
  if (isLock(outcome)) return outcome
  const where = typeof outcome.url === 'string' ? `, at ${outcome.url}` : ''
  throw platformErrors.create('PROJECT_IN_USE', {
    message: `\`millrace up\` runs already on the project ${project.name} (process ${outcome.pid}${where}).`,
    hint: (await readInstallation(project))
      ? 'It is installed on this machine: use that one, or take it away first with `millrace local uninstall`.'
      : `Use that one, or end it first: kill -INT ${outcome.pid}`,
  })
}

async function superviseAll(project: Project, options: UpOptions, lock: FileLock): Promise<void> {
  let tellAddress: (url: string) => void = () => {}
  const address = new Promise<string>((resolve) => {
    tellAddress = resolve
  })
  const opening = openStore(project, { ...options, onAddress: tellAddress })
  const url = await Promise.race([address, opening.then((handle) => handle.url)])
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const env = { ...options.env, MILLRACE_METASTORE_URL: url, MILLRACE_SUPERVISED: '1' }
  const endAll = (error: unknown) => {
    stop.abort()
    throw error
  }
  const main = fileURLToPath(new URL('../../cli/main.js', import.meta.url))
  let isReady = false
  let fatal: MillraceError | undefined
  // A server that is started again serves where the pages were opened.
  let port = options.port ?? project.server.port
  let { airbytePort } = options
  const say = (name: string, line: string, level: 'info' | 'warn') => {
    if (options.onLogLine && isLogLine(line)) options.onLogLine(line)
    else if (line.trim() !== '') options.logger[level](line, { process: name })
  }
  const child = (
    name: keyof typeof v8Flags,
    args: () => readonly string[],
    ownEnv: Readonly<Record<string, string | undefined>> = {},
  ) =>
    superviseChild(
      {
        name,
        args: () => [...v8Flags[name], main, ...args(), '--project-dir', project.dir],
        env: { ...env, ...ownEnv },
        logger: options.logger,
        fatalError: () => fatal,
        onErrorLine: options.onLogLine && ((line) => say(name, line, 'warn')),
        onLine(line) {
          const ready = readyServer(line)
          const error = fatalError(line)
          if (error) fatal = error
          else if (ready === undefined) say(name, line, 'info')
          else if (!isReady) {
            isReady = true
            port = Number(new URL(ready.url).port)
            if (ready.airbyteUrl !== undefined) airbytePort = Number(new URL(ready.airbyteUrl).port)
            void lock.note({ url: ready.url, airbyteUrl: ready.airbyteUrl })
            void opening.then(({ store }) => options.onReady({ ...ready, store })).catch(() => {})
          }
        },
      },
      signal,
    ).catch(endAll)
  try {
    const results = await Promise.allSettled([
      opening.then((handle) => handle.keepAlive(signal)).catch(endAll),
      // Code of the project runs there: it need not know who may log in.
      child('engine', () => ['engine'], { [adminPasswordVariable]: undefined }),
      child('server', () => [
        ...['serve', '--host', options.host ?? project.server.host, '--port', String(port)],
        ...(airbytePort === undefined ? [] : ['--airbyte-port', String(airbytePort)]),
      ]),
    ])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  } finally {
    await opening.then(
      (handle) => handle.close(),
      () => {},
    )
  }
}

/**
 * Idle processes should be small: V8 may collect earlier than it likes. The engine begins by reading the whole project, most of which stays:
 * collecting in the middle of that only costs time.
 */
const v8Flags = {
  server: ['--max-semi-space-size=8', '--enable-source-maps'],
  engine: [
    '--max-semi-space-size=16',
    '--min-semi-space-size=16',
    '--initial-old-space-size=256',
    '--enable-source-maps',
  ],
} as const
