import { isAbsolute, join, relative, sep } from 'node:path'
import { type ErrorJson, errorFromJson, type Logger, toMillraceError } from '../../base/index.js'
import type {
  AnalysisCache,
  Manifest,
  NodeResult,
  ParsedProject,
  ProfileTarget,
  RunSession,
} from '../../transform/index.js'
import {
  openTransformSession,
  parseForSession,
  readLineage,
  readProfileTarget,
  rememberedState,
  selectNodes,
  TargetMemory,
} from '../../transform/index.js'
import type { Warehouse } from '../../warehouse/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { memoryFolder } from '../project/state-folder.js'
import { FieldLineage } from './field-lineage.js'
import type { Warehouses } from './warehouses.js'

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
export class DbtRuntime {
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

  /** An error of the dbt project, its place seen from the folder of millrace.yaml as all places on the page are. */
  placed(error: ErrorJson): ErrorJson {
    const { dir, dbtDir = dir } = this.#options.project
    const diagnostics = error.data?.diagnostics
    const inside = Array.isArray(diagnostics) ? diagnostics.map((one: ErrorJson) => this.placed(one)) : undefined
    const at = error.at
    return {
      ...error,
      ...(at && !isAbsolute(at.file)
        ? { at: { ...at, file: relative(dir, join(dbtDir, at.file)).split(sep).join('/') } }
        : {}),
      ...(inside ? { data: { ...error.data, diagnostics: inside } } : {}),
    }
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

  /** The ids of the nodes that dbt's selectors mean, by the selector; `state:` compares with what ran last. @throws TRANSFORM_SELECTION */
  async select(selectors: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
    if (selectors.length === 0) return {}
    const session = await this.session()
    const { manifest, project } = session
    const memory = this.#memoryOf(session)
    // Where nothing ran yet, everything is new.
    const previous = rememberedState(() => memory.read(), manifest, new Set(project.builtin))
    const around = { selectors: project.selectors, previous }
    return Object.fromEntries(selectors.map((one) => [one, [...selectNodes(manifest, { ...around, select: [one] })]]))
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

  /** Writes what the next parsing starts from; for when nobody waits for the project any more. */
  async keep(): Promise<void> {
    await this.#parsed?.then((project) => project.keep()).catch(() => {})
  }

  /** Drops the parsed project; the next use reads it again. */
  async reload(): Promise<void> {
    await this.keep()
    const old = this.#session
    this.#session = undefined
    this.#parsed = undefined
    await old?.then((session) => session.close()).catch(() => {})
  }

  /** The profile's target, also when the project itself does not parse: a broken model must not stop queries. */
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

/** The target that is the project's warehouse. */
export async function projectTarget(
  project: Project,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ProfileTarget> {
  if (project.dbtDir === undefined) return ownWarehouse(project)
  return readProfileTarget({
    projectDir: project.dbtDir,
    profile: project.warehouse.profile,
    target: project.warehouse.target,
    env,
  })
}

/** Where there is no dbt project, and so no profile: a DuckDB file of Millrace's own. */
function ownWarehouse({ name, stateDir, warehouse: { profile, target } }: Project): ProfileTarget {
  if (profile !== undefined || target !== undefined)
    throw platformErrors.create('WAREHOUSE_NOT_CONFIGURED', {
      message: `The project ${name} names a dbt profile or target as its warehouse, but has no dbt project.`,
      hint: 'Name the folder of the dbt project with `dbt:` in millrace.yaml, or remove `warehouse`: a DuckDB file below .millrace/ is used then.',
    })
  return {
    profileName: name,
    targetName: 'default',
    type: 'duckdb',
    threads: 1,
    database: 'warehouse',
    schema: 'main',
    credentials: { type: 'duckdb', path: join(stateDir, 'warehouse.duckdb') },
  }
}
