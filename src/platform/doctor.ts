import { readdir, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { type ErrorJson, formatLocation, plural, toMillraceError } from '../base/index.js'
import { isWantOfSecrets } from '../extract-load/index.js'
import { heldStatuses, isLeftBehind, type OrchestrateStore } from '../orchestrate/index.js'
import { checkServer } from './airbyte/check-server.js'
import type { DoctorFinding, Project } from './contract.js'
import { debugInstalledDbt } from './engine/dbt-core/debug.js'
import { readInstallation } from './local/installation.js'
import { answers, runningUp } from './local/running.js'
import type { StackOptions } from './processes/execution/engine-with-store.js'
import { openEngine } from './processes/open-stack.js'
import { openStore, type StoreHandle } from './processes/store/open-store.js'
import { prepareStateFolder } from './project/state-folder.js'

const lowDiskBytes = 1_000_000_000

/** Looks at everything a project needs, one finding a line; later checks run even when earlier ones failed. */
export async function* runDoctor(project: Project, options: StackOptions): AsyncGenerator<DoctorFinding> {
  yield nodeVersion()
  yield await attempt('State folder', () => stateFolder(project))
  yield await attempt('Disk', () => diskSpace(project))
  yield await attempt('Connections folder', () => connectionFiles(project))
  yield* metadataStore(project, options)
  for (const server of project.airbyte ?? [])
    yield await attempt(`Airbyte server ${server.name}`, async () => ok(await checkServer(server, options)))
  yield* projectAndWarehouse(project, options)
  yield await attempt('Port', () => usedPort(project))
}

type Outcome = Omit<DoctorFinding, 'title'>
const ok = (detail: string): Outcome => ({ status: 'ok', detail })
const warning = (detail: string): Outcome => ({ status: 'warning', detail })

async function attempt(title: string, look: () => Promise<Outcome>): Promise<DoctorFinding> {
  try {
    return { title, ...(await look()) }
  } catch (thrown) {
    const error = toMillraceError(thrown)
    return { title, status: 'failed', detail: error.message, error: error.toJSON() }
  }
}

function nodeVersion(): DoctorFinding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isEnough = major > 20 || (major === 20 && minor >= 19)
  const detail = `${process.versions.node}${isEnough ? '' : ' (needs 20.19 or newer)'}`
  return { title: 'Node', status: isEnough ? 'ok' : 'failed', detail }
}

async function stateFolder(project: Project): Promise<Outcome> {
  await prepareStateFolder(project)
  return ok(project.stateDir)
}

async function diskSpace(project: Project): Promise<Outcome> {
  const { bavail, bsize } = await statfs(project.stateDir)
  const freeBytes = bavail * bsize
  const detail = `${(freeBytes / 1e9).toFixed(1)} GB free`
  return freeBytes < lowDiskBytes ? warning(`${detail}: a load may fill the disk`) : ok(detail)
}

async function connectionFiles(project: Project): Promise<Outcome> {
  const names = await readdir(project.extractLoadDir).catch(() => [])
  const count = names.filter((name) => /\.ya?ml$/.test(name)).length
  return count === 0 ? warning(`no YAML files in ${project.extractLoadDir}`) : ok(plural(count, 'file'))
}

async function* metadataStore(project: Project, options: StackOptions): AsyncGenerator<DoctorFinding> {
  const started = performance.now()
  const where = project.metastoreUrl === undefined ? 'embedded PostgreSQL' : 'PostgreSQL of the project'
  let handle: StoreHandle | undefined
  try {
    yield await attempt('Metadata store', async () => {
      handle = await openStore(project, options)
      return ok(`${where}, answers in ${Math.round(performance.now() - started)} ms`)
    })
    const { store } = handle ?? {}
    if (store) yield await attempt('Runs', () => runsLeftBehind(store))
  } finally {
    await handle?.close()
  }
}

const mostRuns = 1000

async function runsLeftBehind(store: OrchestrateStore): Promise<Outcome> {
  const held = await store.listRuns({ statuses: heldStatuses, limit: mostRuns })
  const left = held.filter(isLeftBehind)
  if (left.length === 0)
    return ok(held.length === 0 ? 'none is running' : `${plural(held.length, 'run')} with an engine`)
  return warning(
    `${plural(left.length, 'run')} whose engine is gone (killed, or not heard of): ${left.map(({ id }) => id.slice(-8)).join(', ')}. The next engine that starts goes on with ${left.length === 1 ? 'it' : 'them'}: \`millrace up\`, or whatever command makes something. \`millrace runs cancel\` gives up.`,
  )
}

async function* projectAndWarehouse(project: Project, options: StackOptions): AsyncGenerator<DoctorFinding> {
  const engine = await openEngine(project, options)
  try {
    const definitions = await engine.definitions()
    // What a connection waits for is said with it.
    const waits = ({ code, at, data }: ErrorJson) =>
      isWantOfSecrets(code) &&
      definitions.connections.some(({ name, file }) => name === data?.connection && file === at?.file)
    const problems = definitions.problems.filter((problem) => !waits(problem))
    for (const problem of problems)
      yield {
        title: 'Project',
        status: 'failed',
        detail: problem.at ? `${formatLocation(problem.at)}: ${problem.message}` : problem.message,
        error: problem,
      }
    for (const warning of definitions.warnings ?? [])
      yield {
        title: 'Project',
        status: 'warning',
        detail: [warning.at && `${formatLocation(warning.at)}:`, warning.message, warning.hint]
          .filter(Boolean)
          .join(' '),
      }
    if (problems.length === 0)
      yield {
        title: 'Project',
        status: 'ok',
        detail: [
          plural(definitions.assets.length, 'asset'),
          plural(definitions.checks.length, 'check'),
          plural(definitions.connections.length, 'connection'),
        ].join(', '),
      }
    if (project.dbtCore)
      yield await attempt('dbt', async () => ok(await debugInstalledDbt(engine, project, options.env)))
    yield await attempt('Warehouse', async () => {
      await engine.query({ sql: 'select 1' })
      const { warehouse, pid } = await engine.health()
      const owner = engine.isRemote ? `open in process ${pid}` : 'opened by this command'
      return ok(`${warehouse.type} ${warehouse.path ?? ''} (${owner})`)
    })
    for (const connection of definitions.connections)
      yield await attempt(`Connection ${connection.name}`, async () => {
        const result = await engine.checkConnection(connection.name)
        if (result.status === 'succeeded')
          return result.warnings ? warning(result.warnings.join(' ')) : ok(result.message ?? 'reachable')
        return { status: 'failed', detail: result.message ?? 'failed', error: result.error }
      })
  } finally {
    await engine.close()
  }
}

/** That of a Millrace that runs on the project, or the one that the next start takes. */
async function usedPort(project: Project): Promise<Outcome> {
  const running = await runningUp(project)
  if (running?.url === undefined) return freePort(project)
  if (await answers(running.url)) return ok(`${running.url} is served by process ${running.pid}`)
  return warning(`${running.url} does not answer, though process ${running.pid} serves it`)
}

async function freePort(project: Project): Promise<Outcome> {
  const { host } = project.server
  const port = (await readInstallation(project))?.port ?? project.server.port
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(warning(`${host}:${port} is in use; \`millrace up\` takes the next free one`)))
    probe.listen(port, host, () => probe.close(() => resolve(ok(`${host}:${port} is free`))))
  })
}
