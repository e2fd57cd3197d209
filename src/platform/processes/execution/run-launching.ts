import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Logger, systemClock } from '../../../base/index.js'
import { LaunchedRuns, type LauncherSettings, type OrchestrateStore, openLauncher } from '../../../orchestrate/index.js'
import type { WarehouseCapabilities } from '../../../warehouse/index.js'
import type { Project } from '../../contract.js'
import { projectTarget } from '../../engine/profiles/project-target.js'
import { capabilitiesOf } from '../../engine/warehouses/warehouses.js'
import { platformErrors } from '../../errors.js'

type Env = Readonly<Record<string, string | undefined>>

/** What the project's warehouse can do, without opening it. */
export async function warehouseCapabilities(project: Project, env: Env): Promise<WarehouseCapabilities> {
  return capabilitiesOf(await projectTarget(project, env))
}

/** What launches the project's runs, where `runs.launcher` is set. @throws LAUNCHER_NEEDS_SERVERS */
export async function openLaunchedRuns(
  project: Project,
  options: {
    readonly env: Env
    readonly logger: Logger
    readonly store: OrchestrateStore
    /** Of the store. Holds a password. */
    readonly metastoreUrl: string
  },
): Promise<LaunchedRuns | undefined> {
  const { launcher: settings } = project
  if (!settings) return undefined
  const { env, logger, store, metastoreUrl } = options
  await requireSharedWarehouse(project, env, `\`runs.launcher.type: ${settings.type}\``)
  const main = fileURLToPath(new URL('../../../cli/main.js', import.meta.url))
  const launcher = openLauncher(settings, {
    project: project.name,
    clock: systemClock,
    env,
    metastoreUrl,
    ownCommand: [process.execPath, main, '--project-dir', project.dir],
    logDir: join(project.stateDir, 'run-workers'),
  })
  const { startTimeoutMs } = settings
  return new LaunchedRuns({ launcher, store, clock: systemClock, logger, startTimeoutMs, limits: project.limits })
}

/** A run worker beside others has no use for a warehouse that belongs to one process. @throws LAUNCHER_NEEDS_SERVERS */
export async function requireSharedWarehouse(project: Project, env: Env, what: string): Promise<void> {
  const target = await projectTarget(project, env)
  if (capabilitiesOf(target).servesSeveralProcesses) return
  throw platformErrors.create('LAUNCHER_NEEDS_SERVERS', {
    message: `${what} executes runs in processes of their own, and the warehouse ${target.profileName}.${target.targetName} (${target.type}) can be open in one process only.`,
    hint: 'Name a target on a server as the warehouse (docs/project.md, "The warehouse"), or leave `runs.launcher` out: the engine then executes runs itself.',
  })
}

const isElsewhere = ({ type }: LauncherSettings) => type !== 'process'

/** Containers do not reach the embedded PostgreSQL: it listens on this machine only. @throws LAUNCHER_NEEDS_SERVERS */
export function requireReachableStore({ launcher, metastoreUrl }: Project): void {
  if (!launcher || !isElsewhere(launcher) || metastoreUrl !== undefined) return
  throw platformErrors.create('LAUNCHER_NEEDS_SERVERS', {
    message: `\`runs.launcher.type: ${launcher.type}\` executes runs in containers, which do not reach the embedded PostgreSQL.`,
    hint: 'Name a PostgreSQL that this machine and the containers reach with DATABASE_URL, or `metastore.url` in millrace.yaml.',
  })
}
