import { type ErrorJson, errorFromJson, type Logger, toMillraceError } from '../../../base/index.js'
import type {
  AnalysisCache,
  Manifest,
  NodeResult,
  ParsedProject,
  ProfileTarget,
  RunSession,
} from '../../../transform/index.js'
import {
  openTransformSession,
  parseForSession,
  readLineage,
  runDbtCommand,
  TargetMemory,
} from '../../../transform/index.js'
import type { Warehouse } from '../../../warehouse/index.js'
import type { DbtCall, Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'
import type { AssetFields, AssetFieldTrace, TraceDirection } from '../../lineage-contract.js'
import { memoryFolder } from '../../project/state-folder.js'
import { FieldLineage } from '../models/field-lineage.js'
import { modelDetail, modelEntries } from '../models/model-pages.js'
import { projectTarget } from '../profiles/project-target.js'
import type { Warehouses } from '../warehouses/warehouses.js'
import { withDefaults } from './dbt-defaults.js'
import type { DbtEngine } from './dbt-engine.js'
import { placedError } from './placed-error.js'
import { selectedNodes } from './selected-nodes.js'

export interface DbtRuntimeOptions {
  readonly project: Project
  readonly warehouses: Warehouses
  readonly logger: Logger
  readonly env: Readonly<Record<string, string | undefined>>
}

const lineageMs = 30_000
const mostAnalyses = 20_000

/**
 * The parsed dbt project with its connections, kept between runs so that nothing is parsed or started again per node.
 * `reload` replaces it; steps that still run keep the session they began with.
 */
export class DbtRuntime implements DbtEngine {
  readonly #options: DbtRuntimeOptions
  #parsed: Promise<ParsedProject> | undefined
  #session: Promise<RunSession> | undefined
  #lineage: { readonly of: RunSession; readonly readAt: number; readonly fields: Promise<FieldLineage> } | undefined
  readonly #analyses: AnalysisCache = new Map()
  #warehouseChanged = false

  constructor(options: DbtRuntimeOptions) {
    this.#options = options
  }

  get isConfigured(): boolean {
    return this.#options.project.dbtDir !== undefined
  }

  /** Ready to run nodes. */
  session(): Promise<RunSession> {
    this.#session ??= this.#openSession().catch((error: unknown) => {
      this.#session = undefined
      throw error
    })
    return this.#session
  }

  async #openSession(): Promise<RunSession> {
    const { warehouses } = this.#options
    const openWarehouse = (target: ProfileTarget) => warehouses.open(target)
    const project = await this.#project()
    return this.#placing(() => openTransformSession({ ...this.#parseOptions(), openWarehouse }, project))
  }

  /** A warehouse that cannot be opened hides nothing of it. */
  #project(): Promise<ParsedProject> {
    this.#parsed ??= this.#placing(async () => parseForSession(this.#parseOptions())).catch((error: unknown) => {
      this.#parsed = undefined
      throw error
    })
    return this.#parsed
  }

  async #placing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw errorFromJson(this.placed(toMillraceError(error).toJSON()))
    }
  }

  #parseOptions() {
    const { project, logger, env } = this.#options
    const { dbtDir, warehouse } = project
    if (dbtDir === undefined)
      throw platformErrors.create('DBT_NOT_CONFIGURED', {
        message: `The project ${project.name} has no dbt project.`,
        hint: 'Put one below transformation/dbt, or name its folder with `dbt:` in millrace.yaml.',
      })
    return { projectDir: dbtDir, profile: warehouse.profile, target: warehouse.target, env, logger }
  }

  placed(error: ErrorJson): ErrorJson {
    return placedError(this.#options.project, error)
  }

  async manifest(): Promise<Manifest | undefined> {
    return this.isConfigured ? (await this.#project()).manifest : undefined
  }

  /** Tables may have other columns from now on. */
  warehouseChanges(): void {
    this.#warehouseChanged = true
  }

  /**
   * The lineage of columns. It is read again when something ran since, every half minute at most: runs and syncs change the
   * tables that `*` stands for.
   */
  async lineage(): Promise<FieldLineage> {
    const session = await this.session()
    const isOld = this.#warehouseChanged && performance.now() - (this.#lineage?.readAt ?? 0) > lineageMs
    if (this.#lineage?.of !== session || isOld) {
      this.#warehouseChanged = false
      if (this.#analyses.size > mostAnalyses) this.#analyses.clear()
      const fields = readLineage(session, { cache: this.#analyses }).then((lineage) => new FieldLineage(lineage))
      this.#lineage = { of: session, readAt: performance.now(), fields }
      fields.catch(() => {
        this.#lineage = undefined
      })
    }
    return this.#lineage.fields
  }

  async fieldLineage(asset: string): Promise<AssetFields> {
    return (await this.lineage()).of(asset)
  }

  async traceField(asset: string, column: string, direction: TraceDirection): Promise<AssetFieldTrace> {
    return (await this.lineage()).trace(asset, column, direction)
  }

  async models() {
    return this.isConfigured ? modelEntries(await this.session()) : []
  }

  async model(id: string) {
    return modelDetail(await this.session(), id)
  }

  async run(call: DbtCall): Promise<number> {
    const { project, warehouses } = this.#options
    try {
      return await runDbtCommand(withDefaults(call.argv, project.dbtDir, project.warehouse), {
        ...call,
        openWarehouse: (target) => warehouses.open(target),
        memoryDir: memoryFolder(project),
      })
    } finally {
      // Not before: what reads the lineage meanwhile would take half-built tables for the last word.
      this.warehouseChanges()
    }
  }

  async select(selectors: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
    if (selectors.length === 0) return {}
    const session = await this.session()
    const { manifest, project } = session
    const around = { manifest, selectors: project.selectors, builtin: new Set(project.builtin) }
    return selectedNodes(selectors, { ...around, memory: this.#memoryOf(session) })
  }

  #memoryOf({ target }: RunSession): TargetMemory {
    return new TargetMemory(memoryFolder(this.#options.project), target.profileName, target.targetName)
  }

  /** A later plan compares with what ran now. */
  remember(session: RunSession, result: NodeResult, warn: (message: string) => void): void {
    const { manifest, project } = session
    const memory = this.#memoryOf(session)
    try {
      memory.remember(manifest, [result], new Set(project.builtin))
    } catch (error) {
      // The data are there all the same.
      warn(`It could not be remembered for later plans: ${(error as Error).message}`)
    }
  }

  async keep(): Promise<void> {
    await this.#parsed?.then((project) => project.keep()).catch(() => {})
  }

  async reload(): Promise<void> {
    await this.keep()
    const old = this.#session
    this.#session = undefined
    this.#parsed = undefined
    await old?.then((session) => session.close()).catch(() => {})
  }

  async target(): Promise<ProfileTarget> {
    return projectTarget(this.#options.project, this.#options.env)
  }

  async warehouse(): Promise<Warehouse> {
    return this.#options.warehouses.open(await this.target())
  }

  async close(): Promise<void> {
    await this.reload()
  }
}
