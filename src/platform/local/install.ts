import { existsSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Logger, systemClock } from '../../base/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { findProject } from '../project/find-project.js'
import { prepareStateFolder } from '../project/state-folder.js'
import { ensureAccounts } from './accounts.js'
import { requireFreePorts, type WantedPort } from './free-ports.js'
import {
  forgetInstallation,
  type Installation,
  keepInstallation,
  localFolder,
  readInstallation,
  serviceOf,
} from './installation.js'
import { dropInstallation, noteInstallation, stateDirOf } from './known-installations.js'
import { chooseManager, openManager } from './open-manager.js'
import { type RunningUp, runningUp } from './running.js'
import {
  forgetVariables,
  keepVariables,
  keptVariables,
  plainVariables,
  readEnvFile,
  variablesFile,
  wantedVariables,
} from './service-environment.js'
import type { ManagerKind, ServiceManager } from './service-manager.js'
import { waitUntilServing } from './wait-until-serving.js'
import { withAccess } from './with-access.js'

export interface LocalInstallOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly manager?: ManagerKind | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly airbytePort?: number | undefined
  readonly envFile?: string | undefined
  /** Whether an admin is made where nobody has an account. */
  readonly withAdmin: boolean
  /** Whether everything is run once where nothing ran yet. */
  readonly firstRun: boolean
  readonly timeoutMs: number
  /** Told what is done next, where it takes a while. */
  readonly onStep: (text: string) => void
}

export interface LocalInstalled {
  readonly up: RunningUp
  readonly manager: ManagerKind
  readonly title: string
  readonly logs: string
  /** The version of the Millrace that was installed before, where one was. */
  readonly versionBefore: string | undefined
  readonly isAdminMade: boolean
  /** The user that was made here, now or earlier. */
  readonly user: string | undefined
  /** Whether anybody has an account; where nobody has, nobody is asked for one. */
  readonly hasUsers: boolean
  readonly remarks: readonly string[]
}

/**
 * Installs a project as a service of this user and waits until it serves; one that is installed is started again as it is to be now. What fails
 * leaves nothing behind, or what was there before.
 * @throws LOCAL_PORT_IN_USE, LOCAL_ADDRESS, LOCAL_ENV_FILE, LOCAL_MANAGER_MISSING, LOCAL_MANAGER_FAILED, LOCAL_NOT_STARTED, PROJECT_IN_USE
 */
export async function installLocal(dir: string, options: LocalInstallOptions): Promise<LocalInstalled> {
  const { logger, signal, onStep } = options
  const { project, previous, ...variables } = await lookAt(dir, options)
  const manager = await chooseManager(options.manager, { signal })
  const installation = planned(project, { manager, previous, options })
  const service = serviceOf(project, installation)
  const own = previous && (await openManager(previous.manager).state(serviceOf(project, previous), { signal }))
  const running = await runningUp(project)
  if (running && running.pid !== own?.pid) throw inUse(project, running)
  await requireFreePorts(installation.host ?? project.server.host, portsToLookAt(installation, running && previous))
  await prepareStateFolder(project)
  onStep('Looking at the store …')
  const accounts = await withAccess(project, logger, (access) =>
    ensureAccounts(project, access, { withAdmin: options.withAdmin }),
  )
  const undoAccounts = () => withAccess(project, logger, (access) => accounts.undo(access))
  // Nothing else is changed so far: a service that runs goes on.
  const unkept = await keepVariables(localFolder(project), variables.kept).catch(async (error: unknown) => {
    await undoAccounts().catch(tellNotTakenBack)
    throw error
  })
  try {
    if (previous && (previous.manager !== manager.kind || previous.project !== project.name))
      await openManager(previous.manager).remove(serviceOf(project, previous), { signal })
    await keepInstallation(project, installation)
    onStep(previous ? 'Starting it again …' : 'Starting it …')
    await manager.start(service, { signal })
    const up = await waitUntilServing(project, { manager, service, logger, timeoutMs: options.timeoutMs, signal })
    await noteInstallation(project)
    return {
      up,
      manager: manager.kind,
      title: manager.title(service),
      logs: manager.logs(service),
      versionBefore: previous?.version,
      isAdminMade: accounts.isAdminMade,
      user: accounts.user,
      hasUsers: accounts.hasUsers,
      remarks: [
        ...(await manager.remarks(service, { signal })),
        ...unkept.map(
          (name) => `${name} cannot be kept in a file, since all quotes stand in its value: it is not set there.`,
        ),
        ...programRemarks(installation),
      ],
    }
  } catch (error) {
    await takeBack().catch(tellNotTakenBack)
    throw error
  }

  function tellNotTakenBack(error: unknown): void {
    logger.warn('Not everything could be taken back', { error })
  }

  async function takeBack(): Promise<void> {
    await manager.remove(service)
    if (previous) {
      // It worked before; whoever mends what is wrong now finds it as it was.
      await keepVariables(localFolder(project), variables.before)
      await keepInstallation(project, previous)
      await openManager(previous.manager).start(serviceOf(project, previous))
      return
    }
    await undoAccounts()
    await forgetInstallation(project)
    await forgetVariables(localFolder(project))
    await dropInstallation(project.dir)
  }
}

/** The project as the service will see it: with what is kept for it, and nothing else of this shell. */
async function lookAt(dir: string, { env, envFile }: LocalInstallOptions) {
  const stateDir = await stateDirOf(dir, env)
  const plain = plainVariables(env, { dir, stateDir })
  const previous = await readInstallation({ stateDir })
  const before = await keptVariables(localFolder({ stateDir }))
  const kept = { ...before, ...(await wantedVariables(env, dir)) }
  const file = envFile ?? previous?.envFile
  const own = file === undefined ? {} : await readEnvFile(file)
  return { project: await findProject(dir, { env: { ...plain, ...kept, ...own } }), previous, before, kept }
}

interface Plan {
  readonly manager: ServiceManager
  readonly previous: Installation | undefined
  readonly options: LocalInstallOptions
}

/** What is not said stays as it was. */
function planned(project: Project, { manager, previous, options }: Plan): Installation {
  const host = options.host ?? previous?.host
  const port = options.port ?? previous?.port ?? project.server.port
  const airbytePort = options.airbytePort ?? previous?.airbytePort ?? project.server.airbytePort
  const envFile = options.envFile ?? previous?.envFile
  return {
    project: project.name,
    manager: manager.kind,
    command: [
      process.execPath,
      `--env-file=${variablesFile(localFolder(project))}`,
      // Of two files the later one counts.
      ...(envFile === undefined ? [] : [`--env-file=${envFile}`]),
      ...[programFor(project.dir), 'up', '--project-dir', project.dir],
      ...['--port', String(port), '--airbyte-port', String(airbytePort)],
      ...(host === undefined ? [] : ['--host', host]),
      ...(options.firstRun ? [] : ['--no-run']),
    ],
    env: { ...plainVariables(options.env, project) },
    ...(host === undefined ? {} : { host }),
    port,
    airbytePort,
    ...(envFile === undefined ? {} : { envFile }),
    version: options.version,
    installedAt: systemClock.now().toISOString(),
  }
}

const ownProgram = fileURLToPath(new URL('../../cli/main.js', import.meta.url))

/** npm empties what `npx` fetched whenever it likes: the project's own Millrace stays. */
const isInCache = (path: string) => path.split(sep).includes('_npx')

function programFor(dir: string): string {
  const ofProject = join(dir, 'node_modules', 'millrace', 'dist', 'cli', 'main.js')
  return isInCache(ownProgram) && existsSync(ofProject) ? ofProject : ownProgram
}

function programRemarks({ command }: Installation): readonly string[] {
  const program = command.find((word) => basename(dirname(word)) === 'cli' && word.endsWith('main.js'))
  return program !== undefined && isInCache(program)
    ? [
        `It runs from npm's cache (${dirname(program)}), which npm may empty: \`npm install millrace\` in the project, then install again.`,
      ]
    : []
}

/** Those that are not its own already: it lets go of them when it is started again. */
function portsToLookAt(next: Installation, held: Installation | undefined): readonly WantedPort[] {
  const own = [held?.port, held?.airbytePort]
  return [
    { option: '--port', what: 'the page', port: next.port },
    { option: '--airbyte-port', what: "Airbyte's API", port: next.airbytePort },
  ].filter(({ port }) => !own.includes(port))
}

function inUse({ name }: Project, { pid, url }: RunningUp) {
  return platformErrors.create('PROJECT_IN_USE', {
    message: `\`millrace up\` runs already on the project ${name} (process ${pid}${url === undefined ? '' : `, at ${url}`}), and was not installed. Nothing was changed.`,
    hint: `End it, then install: kill -INT ${pid}`,
  })
}
