import { join } from 'node:path'
import { type Logger, onceItWorks, systemClock } from '../../base/index.js'
import { type BroughtState, listDestinations, listSources, putStates } from '../../extract-load/index.js'
import type { Definitions, OrchestrateStore, SensorQuestion, StepExecutor } from '../../orchestrate/index.js'
import { relationSql } from '../../warehouse/index.js'
import type { AsksServers } from '../airbyte/airbyte-servers.js'
import type { DbtCall, Engine, EngineHealth, EngineQuery, Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { assetsOfNodes } from '../graph/dbt-selections.js'
import type { LoadedDefinitions } from '../graph/load-definitions.js'
import type { TraceDirection } from '../lineage-contract.js'
import { settingsKeeper } from '../project/settings-keeper.js'
import { StoredSecrets } from '../secrets/stored-secrets.js'
import { ProjectTypesFile } from '../types/project-types-file.js'
import { RemoteSyncExecutor } from './airbyte/remote-sync-executor.js'
import { SyncSteps } from './airbyte/sync-steps.js'
import { AddedConnectors } from './connections/added-connectors.js'
import { ConnectionFiles } from './connections/connection-files.js'
import { Connections } from './connections/connections.js'
import { Drafts } from './connections/drafts.js'
import { SyncExecutor } from './connections/sync-executor.js'
import type { DbtEngine } from './dbt/dbt-engine.js'
import { LoadedProject } from './loaded-project.js'
import { oneAtATime } from './one-at-a-time.js'
import { openDbtEngine } from './open-dbt-engine.js'
import { UserCode } from './user-code.js'
import { exportParquet, readRows, runQuery } from './warehouses/read-only.js'
import { capabilitiesOf, Warehouses } from './warehouses/warehouses.js'

export interface LocalEngineOptions {
  readonly project: Project
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  /** Where definitions are published and runs are claimed; opened on first need. */
  readonly openStore: () => Promise<OrchestrateStore>
  /**
   * Gets ready to claim queued runs, and answers what then does so until the signal aborted and everything was put away. Without it the
   * engine claims none: others do.
   */
  readonly openRunLoop?:
    | ((engine: LocalEngine, store: OrchestrateStore) => Promise<(signal: AbortSignal) => Promise<void>>)
    | undefined
  /** Who asks the servers of Airbyte what they have; by default an engine that stays. */
  readonly asks?: AsksServers | undefined
  /** Puts away what was opened for it, once it is closed. */
  readonly onClose?: (() => Promise<void>) | undefined
}

interface Stoppable {
  readonly signal?: AbortSignal | undefined
}

/** The engine of this process: it owns the warehouse, the parsed dbt project and the user's TypeScript. */
export class LocalEngine implements Engine {
  readonly isRemote = false
  readonly project: Project
  readonly executors: readonly StepExecutor[]
  readonly #options: LocalEngineOptions
  readonly #warehouses: Warehouses
  readonly #dbt: DbtEngine
  readonly #userCode: UserCode
  readonly #secrets: StoredSecrets
  readonly #connections: Connections
  readonly #connectionFiles: ConnectionFiles
  readonly #drafts: Drafts
  readonly #added: AddedConnectors
  readonly #startedAt = new Date()
  readonly #stop = new AbortController()
  readonly #loaded: LoadedProject
  readonly #types: ProjectTypesFile
  readonly startRunLoop = onceItWorks(() => this.#startRunLoop())
  #runLoop: Promise<void> | undefined

  constructor(options: LocalEngineOptions) {
    this.#options = options
    this.project = options.project
    const { project, env, logger, asks = 'watches' } = options
    const searchFolders = project.dbtDir === undefined ? [project.dir] : [project.dbtDir, project.dir]
    this.#warehouses = new Warehouses(searchFolders, logger)
    const { dbt, executor } = openDbtEngine({ project, env, logger, warehouses: this.#warehouses })
    this.#dbt = dbt
    this.#userCode = new UserCode(project, logger, {
      query: (sql, signal) => this.query({ sql, allowWrite: true, signal }),
      read: (sql, signal) => this.#read(sql, signal),
    })
    const { openStore } = options
    const secrets = new StoredSecrets({ project, env, openStore, logger })
    this.#secrets = secrets
    this.#loaded = new LoadedProject({ project, env, dbt, userCode: this.#userCode, openStore, secrets, asks })
    const { servers } = this.#loaded
    this.#types = new ProjectTypesFile(project, this.#dbt, systemClock)
    const around = {
      project,
      secrets,
      settingsKeeper: settingsKeeper(project, env),
      warehouse: () => this.#dbt.warehouse(),
    }
    this.#connections = new Connections({
      ...around,
      servers,
      loaded: () => this.#loadedNow(),
      store: () => this.#loaded.store,
    })
    const definitions = () => this.reloadIfChanged()
    this.#drafts = new Drafts({ ...around, definitions, openStore })
    this.#connectionFiles = new ConnectionFiles({
      ...around,
      definitions,
      named: (name) => this.#connections.named(name),
      specOf: (...asked) => this.#drafts.ask(...asked),
    })
    this.#added = new AddedConnectors({ project, secrets, openStore, changed: () => this.reloadIfChanged() })
    this.executors = [
      new SyncSteps({
        own: new SyncExecutor({ ...around, connectionOf: (step) => this.#connectionOf(step) }),
        remote: new RemoteSyncExecutor({
          servers,
          clock: systemClock,
          connectionOf: (step) => this.#connectionSpecOf(step),
        }),
        isRemote: ({ step, note }) => note !== undefined || this.#connectionSpecOf(step.key)?.remote !== undefined,
      }),
      executor,
      this.#userCode.executor,
    ].map((executor) => this.#noted(oneAtATime(executor)))
  }

  /** Tables may have other columns after a step. */
  #noted(executor: StepExecutor): StepExecutor {
    return {
      ...executor,
      execute: (context) => executor.execute(context).finally(() => this.#types.tablesChange()),
    }
  }

  definitions(): Promise<Definitions> {
    return this.#loaded.definitions()
  }

  reload(): Promise<Definitions> {
    return this.#loaded.reload()
  }

  /** Reads the project again when one of its files changed since the last time. */
  reloadIfChanged(): Promise<Definitions> {
    return this.#loaded.reloadIfChanged()
  }

  async writeTypes(options: { readonly isDryRun?: boolean | undefined } = {}) {
    await this.reload()
    return this.#types.write(this.#loaded.loaded as LoadedDefinitions, { isDryRun: options.isDryRun ?? false })
  }

  /** Reads what the servers of Airbyte have, at once and ever after. For whoever watches the project. */
  watchServers(signal: AbortSignal): Promise<void> {
    return this.#loaded.servers.watch(signal)
  }

  /** Brings the file of types up to date when the project or its tables may have changed. For whoever watches the project. */
  async keepTypes(): Promise<void> {
    const { loaded } = this.#loaded
    if (loaded && !this.#warehouses.areAway) await this.#types.keep(loaded)
  }

  async query(query: EngineQuery) {
    return runQuery(await this.#dbt.warehouse(), query)
  }

  async *#read(sql: string, signal: AbortSignal | undefined) {
    yield* readRows(await this.#dbt.warehouse(), sql, signal)
  }

  async exportParquet(query: Pick<EngineQuery, 'sql' | 'tablesOnly' | 'signal'>): Promise<string> {
    return exportParquet(await this.#dbt.warehouse(), query, join(this.project.stateDir, 'exports'))
  }

  dbt(call: DbtCall): Promise<number> {
    return this.#dbt.run(call)
  }

  checkConnection(name: string, options: Stoppable = {}) {
    return this.#connections.checkConnection(name, options)
  }

  discoverConnection(name: string, options: Stoppable = {}) {
    return this.#connections.discoverConnection(name, options)
  }

  previewStream(preview: Parameters<Engine['previewStream']>[0], options: Stoppable = {}) {
    return this.#connections.previewStream(preview, options)
  }

  acceptSchema(name: string, streams: readonly string[] | undefined, by: 'web' | 'cli') {
    return this.#connections.acceptSchema(name, streams, by)
  }

  connectionStates(name: string) {
    return this.#connections.connectionStates(name)
  }

  async putStates(name: string, states: readonly BroughtState[]) {
    return putStates(await this.#dbt.warehouse(), name, states)
  }

  async sources() {
    return listSources(this.project.extractLoadDir)
  }

  // Connectors that were added have a file of their own, which does all of it.
  readonly connectorProblem: Engine['connectorProblem'] = (asked) => this.#added.connectorProblem(asked)
  readonly connectorProblems: Engine['connectorProblems'] = (...asked) => this.#added.connectorProblems(...asked)
  readonly addConnector: Engine['addConnector'] = (...asked) => this.#added.addConnector(...asked)
  readonly connectorManifest: Engine['connectorManifest'] = (name) => this.#added.connectorManifest(name)
  readonly connectorManifestHash: Engine['connectorManifestHash'] = (name) => this.#added.connectorManifestHash(name)
  readonly changeConnector: Engine['changeConnector'] = (change) => this.#added.changeConnector(change)
  readonly connectorUsers: Engine['connectorUsers'] = (name) => this.#added.connectorUsers(name)
  readonly removeConnector: Engine['removeConnector'] = (name) => this.#added.removeConnector(name)
  readonly checkManifest: Engine['checkManifest'] = (...asked) => this.#added.checkManifest(...asked)
  readonly manifestWithSchema: Engine['manifestWithSchema'] = (draft) => this.#added.manifestWithSchema(draft)
  readonly previewManifest: Engine['previewManifest'] = (...asked) => this.#added.previewManifest(...asked)

  async destinations() {
    return listDestinations((await this.#dbt.target().catch(() => undefined))?.type)
  }

  // So have drafts.
  readonly sourceSpec: Engine['sourceSpec'] = (...asked) => this.#drafts.spec(...asked)
  readonly checkDraft: Engine['checkDraft'] = (...asked) => this.#drafts.check(...asked)
  readonly checkDraftDestination: Engine['checkDraftDestination'] = (...asked) =>
    this.#drafts.checkDestination(...asked)
  readonly discoverDraft: Engine['discoverDraft'] = (...asked) => this.#drafts.discover(...asked)
  readonly previewDraftStream: Engine['previewDraftStream'] = (...asked) => this.#drafts.previewStream(...asked)
  readonly previewConnection: Engine['previewConnection'] = (...asked) => this.#drafts.preview(...asked)
  readonly createConnection: Engine['createConnection'] = (...asked) => this.#drafts.create(...asked)
  readonly keepEnd: Engine['keepEnd'] = (...asked) => this.#drafts.keepEnd(...asked)

  // So have files of connections that are there.
  readonly connectionSettings: Engine['connectionSettings'] = (name) => this.#connectionFiles.connectionSettings(name)
  readonly previewChange: Engine['previewChange'] = (...asked) => this.#connectionFiles.previewChange(...asked)
  readonly checkChange: Engine['checkChange'] = (...asked) => this.#connectionFiles.checkChange(...asked)
  readonly checkChangedDestination: Engine['checkChangedDestination'] = (...asked) =>
    this.#connectionFiles.checkChangedDestination(...asked)
  readonly discoverChange: Engine['discoverChange'] = (...asked) => this.#connectionFiles.discoverChange(...asked)

  changeConnection(change: Parameters<Engine['changeConnection']>[0], options: Stoppable = {}) {
    return this.#connectionFiles.changeConnection(change, options).finally(() => this.reloadIfChanged())
  }

  removeConnection(name: string) {
    return this.#connectionFiles.removeConnection(name).finally(() => this.reloadIfChanged())
  }

  secrets() {
    return this.#secrets.list()
  }

  async setSecrets({ values, by }: Parameters<Engine['setSecrets']>[0]) {
    const said = await this.#secrets.set(new Map(Object.entries(values)), by)
    await this.#takeSecrets()
    return said
  }

  async removeSecret(name: string) {
    await this.#secrets.remove(name)
    await this.#takeSecrets()
  }

  /** They are kept, or gone, whatever becomes of the project: that is told by its next reading. */
  async #takeSecrets() {
    const { logger } = this.#options
    await this.#loaded
      .takeSecrets()
      .catch((error: unknown) => logger.warn('The project could not be read again', { error }))
  }

  async sample(asset: string, limit: number) {
    const { relation } = await this.#asset(asset)
    if (!relation)
      throw platformErrors.create('ASSET_HAS_NO_ROWS', {
        message: `${asset} is not a table or view of the warehouse.`,
        hint: 'Sample rows exist for streams, models, seeds, snapshots and assets with `io: io.table()`.',
      })
    const warehouse = await this.#dbt.warehouse()
    return runQuery(warehouse, { sql: `select * from ${relationSql(warehouse, relation)}`, limit })
  }

  async compiledCode(asset: string): Promise<string | undefined> {
    const { origin } = await this.#asset(asset)
    if (origin?.uniqueId === undefined) return undefined
    const manifest = await this.#dbt.manifest()
    return manifest?.nodes[origin.uniqueId]?.compiled_code ?? undefined
  }

  async selectDbt(selectors: readonly string[]) {
    const { assets } = await this.definitions()
    return assetsOfNodes(assets, await this.#dbt.select(selectors))
  }

  models() {
    return this.#dbt.models()
  }

  model(id: string) {
    return this.#dbt.model(id)
  }

  async fieldLineage(asset: string) {
    await this.#asset(asset)
    return this.#dbt.fieldLineage(asset)
  }

  async traceField(asset: string, column: string, direction: TraceDirection) {
    await this.#asset(asset)
    return this.#dbt.traceField(asset, column, direction)
  }

  async evaluateSensor(name: string, question: SensorQuestion) {
    await this.definitions()
    return this.#userCode.evaluateSensor(name, question)
  }

  async #startRunLoop(): Promise<void> {
    const store = await this.publish()
    const loop = await this.#options.openRunLoop?.(this, store)
    this.#runLoop = loop?.(this.#stop.signal)
    this.#runLoop?.catch((error: unknown) => this.#options.logger.error('The run loop ended', { error }))
  }

  /** Resolves when it claims no runs any more. */
  async runLoopEnded(): Promise<void> {
    await this.#runLoop
  }

  /** Tells everybody what the project defines, now and whenever it is read again. */
  publish(): Promise<OrchestrateStore> {
    return this.#loaded.publish()
  }

  /** Whether engines elsewhere may write into the warehouse, too. */
  async sharesWarehouse(): Promise<boolean> {
    const target = await this.#dbt.target().catch(() => undefined)
    return target !== undefined && capabilitiesOf(target).servesSeveralProcesses
  }

  async health(): Promise<EngineHealth> {
    const target = await this.#dbt.target().catch(() => undefined)
    const path = target?.credentials.path
    return {
      pid: process.pid,
      startedAt: this.#startedAt.toISOString(),
      definitionsVersion: this.#loaded.loaded?.definitions.version ?? '',
      warehouse: {
        type: target?.type ?? 'none',
        path: typeof path === 'string' ? path : undefined,
        isOpen: this.#warehouses.count > 0,
      },
      rssBytes: process.memoryUsage.rss(),
      loading: this.#loaded.codeLoading,
    }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#runLoop?.catch(() => {})
    await this.#userCode.close()
    // What is still being read would open again what is closed here, and keep the process alive.
    await this.#loaded.settled()
    await this.#dbt.close()
    await this.#warehouses.close()
    await this.#options.onClose?.()
  }

  async #loadedNow(): Promise<Pick<LoadedDefinitions, 'definitions' | 'connections'>> {
    const definitions = await this.reloadIfChanged()
    return this.#loaded.loaded ?? { definitions, connections: [] }
  }

  #connectionSpecOf(step: string) {
    return this.#loaded.loaded?.definitions.connections.find((candidate) => candidate.step === step)
  }

  #connectionOf(step: string) {
    const spec = this.#connectionSpecOf(step)
    const connection = this.#loaded.loaded?.connections.find((candidate) => candidate.name === spec?.name)
    return spec && connection ? { spec, connection } : undefined
  }

  async #asset(key: string) {
    const definitions = await this.definitions()
    const found = definitions.assets.find((asset) => asset.key === key)
    if (found) return found
    throw platformErrors.create('ASSET_NOT_FOUND', {
      message: `The project ${this.project.name} has no asset \`${key}\`.`,
      hint: '`millrace assets` and the Lineage page list every asset.',
    })
  }
}
