import type * as TakeOver from './airbyte/take-over.js'
import type * as Doctor from './doctor.js'
import type * as ImportAirbyte from './import/airbyte/import-airbyte.js'
import type * as ImportStates from './import/airbyte/import-states.js'
import type * as ImportDagster from './import/dagster/import-dagster.js'
import type * as Local from './local/index.js'
import type * as Daemon from './processes/daemon-process.js'
import type * as EngineProcess from './processes/engine-process.js'
import type * as Stack from './processes/open-stack.js'
import type * as Liveness from './processes/presence/host-liveness.js'
import type * as ProjectDaemon from './processes/project-daemon.js'
import type * as RunWorker from './processes/run-worker.js'
import type * as ServerServices from './processes/server-services.js'
import type * as Store from './processes/store/open-store.js'
import type * as StoreUpkeep from './processes/store/store-upkeep.js'
import type * as WorkerProcess from './processes/worker-process.js'
import type * as InitProject from './project/init-project.js'
import type * as NamedVariables from './secrets/variables-named-in.js'
import type * as Tracing from './tracing/open-tracing.js'
import type * as Supervisor from './up/supervisor.js'

/** What is large is loaded when it is first used: a command line pays for what it does, not for what it could do. */
const stack = () => import('./processes/open-stack.js')

export { type AirbyteMapper, readMappers, type ToldMappers, tellMappers } from './airbyte/mapper-words.js'
export { onlyThere } from './airbyte/only-there.js'
export type * from './connections-contract.js'
export * from './contract.js'
export { runInstalledDbt } from './engine/dbt-core/run-installed-dbt.js'
export { Warehouses } from './engine/warehouses/warehouses.js'
export { platformErrors } from './errors.js'
export type { AirbyteImport, ImportedConnection } from './import/airbyte/import-airbyte.js'
export type { DagsterImport } from './import/dagster/import-dagster.js'
export type { WrittenFile } from './import/written-files.js'
export type * from './lineage-contract.js'
export type { LocalInstalled } from './local/install.js'
export type { LocalStatus } from './local/status.js'
export type * from './models-contract.js'
export type { StackOptions } from './processes/execution/engine-with-store.js'
export { knownProcesses } from './processes/presence/known-processes.js'
export { ownReport } from './processes/presence/own-report.js'
export { findProject } from './project/find-project.js'
export { localUrl } from './project/page-url.js'
export { memoryFolder } from './project/state-folder.js'
export { fatalLine, readyLine } from './up/child-lines.js'
export { whenParentIsGone } from './up/parent.js'
export type { UpOptions } from './up/supervisor.js'

export const planTakeOver: typeof TakeOver.planTakeOver = async (...args) =>
  (await import('./airbyte/take-over.js')).planTakeOver(...args)
export const takeOverSchedule: typeof TakeOver.takeOver = async (...args) =>
  (await import('./airbyte/take-over.js')).takeOver(...args)
export const variablesNamedIn: typeof NamedVariables.variablesNamedIn = async (...args) =>
  (await import('./secrets/variables-named-in.js')).variablesNamedIn(...args)
export const withVariablesOfFiles: typeof NamedVariables.withVariablesOfFiles = async (...args) =>
  (await import('./secrets/variables-named-in.js')).withVariablesOfFiles(...args)
export const openEngine: typeof Stack.openEngine = async (...args) => (await stack()).openEngine(...args)
export const openStack: typeof Stack.openStack = async (...args) => (await stack()).openStack(...args)
export const connectServices: typeof ServerServices.connectServices = async (...args) =>
  (await import('./processes/server-services.js')).connectServices(...args)
export const runEngineProcess: typeof EngineProcess.runEngineProcess = async (...args) =>
  (await import('./processes/engine-process.js')).runEngineProcess(...args)
export const runWorkerProcess: typeof WorkerProcess.runWorkerProcess = async (...args) =>
  (await import('./processes/worker-process.js')).runWorkerProcess(...args)
export const runDaemonProcess: typeof Daemon.runDaemonProcess = async (...args) =>
  (await import('./processes/daemon-process.js')).runDaemonProcess(...args)
export const runProjectDaemon: typeof ProjectDaemon.runProjectDaemon = async (...args) =>
  (await import('./processes/project-daemon.js')).runProjectDaemon(...args)
export const runRunWorker: typeof RunWorker.runRunWorker = async (...args) =>
  (await import('./processes/run-worker.js')).runRunWorker(...args)
export const migrateStore: typeof Store.migrateStore = async (...args) =>
  (await import('./processes/store/open-store.js')).migrateStore(...args)

const upkeep = () => import('./processes/store/store-upkeep.js')
export const backUpStore: typeof StoreUpkeep.backUpStore = async (...args) => (await upkeep()).backUpStore(...args)
export const restoreStore: typeof StoreUpkeep.restoreStore = async (...args) => (await upkeep()).restoreStore(...args)
export const pendingMigrations: typeof StoreUpkeep.pendingMigrations = async (...args) =>
  (await upkeep()).pendingMigrations(...args)
export const hostLiveness: typeof Liveness.hostLiveness = async (...args) =>
  (await import('./processes/presence/host-liveness.js')).hostLiveness(...args)

export const runDoctor: typeof Doctor.runDoctor = async function* (...args) {
  yield* (await import('./doctor.js')).runDoctor(...args)
}
export const initProject: typeof InitProject.initProject = async (...args) =>
  (await import('./project/init-project.js')).initProject(...args)
/** What `millrace local` does. */
export const openLocal = (): Promise<typeof Local> => import('./local/index.js')
export const importAirbyte: typeof ImportAirbyte.importAirbyte = async (...args) =>
  (await import('./import/airbyte/import-airbyte.js')).importAirbyte(...args)
export const importStates: typeof ImportStates.importStates = async (...args) =>
  (await import('./import/airbyte/import-states.js')).importStates(...args)
export const importDagster: typeof ImportDagster.importDagster = async (...args) =>
  (await import('./import/dagster/import-dagster.js')).importDagster(...args)
export const runUp: typeof Supervisor.runUp = async (...args) => (await import('./up/supervisor.js')).runUp(...args)
export const openTracing: typeof Tracing.openTracing = async (...args) =>
  (await import('./tracing/open-tracing.js')).openTracing(...args)
export const stopAbandonedStore: typeof Store.stopAbandonedStore = async (...args) =>
  (await import('./processes/store/open-store.js')).stopAbandonedStore(...args)
