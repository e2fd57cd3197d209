import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { errorFromJson, toMillraceError } from '../../../base/index.js'
import type { Metadata } from '../../../orchestrate/index.js'
import {
  type BuildRequest,
  buildNodes,
  type CoreNodeResult,
  type DbtCore,
  type Manifest,
  type ProfileTarget,
  parseWithCore,
  TargetMemory,
  type YamlSelector,
} from '../../../transform/index.js'
import type { Warehouse } from '../../../warehouse/index.js'
import type { DbtCall, Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'
import type { AssetFields, AssetFieldTrace } from '../../lineage-contract.js'
import type { ModelDetail, ModelEntry } from '../../models-contract.js'
import { fingerprint } from '../../project/fingerprint.js'
import { memoryFolder } from '../../project/state-folder.js'
import type { DbtEngine } from '../dbt/dbt-engine.js'
import type { DbtRuntimeOptions } from '../dbt/dbt-runtime.js'
import { placedError } from '../dbt/placed-error.js'
import { selectedNodes } from '../dbt/selected-nodes.js'
import { ModelCatalog } from '../models/model-catalog.js'
import { columns, detailOf } from '../models/model-pages.js'
import { relationFacts } from '../models/relation-facts.js'
import { projectTarget } from '../profiles/project-target.js'
import { installedDbt } from './installed-dbt.js'
import { runInstalledDbt } from './run-installed-dbt.js'

export interface DbtCoreRuntimeOptions extends DbtRuntimeOptions {
  readonly dbtCore: NonNullable<Project['dbtCore']>
  readonly dbtDir: string
}

const noLineage =
  'the lineage of columns is read by the engine of Millrace itself, and this project has `engine: dbt-core` in millrace.yaml'

/** A dbt that is installed knows the nodes, by `dbt parse`, and runs them, by `dbt build`. */
export class DbtCoreRuntime implements DbtEngine {
  readonly #options: DbtCoreRuntimeOptions
  readonly #dbt: DbtCore
  readonly #closing = new AbortController()
  #manifest: Promise<Manifest> | undefined
  #catalog: { readonly of: Manifest; readonly catalog: ModelCatalog } | undefined

  constructor(options: DbtCoreRuntimeOptions) {
    this.#options = options
    this.#dbt = installedDbt(options.project, options.env) as DbtCore
  }

  manifest(): Promise<Manifest> {
    this.#manifest ??= this.placing(() => this.#parse()).catch((error: unknown) => {
      this.#manifest = undefined
      throw error
    })
    return this.#manifest
  }

  async #parse(): Promise<Manifest> {
    const { dbtDir, logger, project } = this.#options
    return parseWithCore(this.#dbt, {
      print: await fingerprint([dbtDir]),
      mark: `dbt-core/parse/${project.name}`,
      signal: this.#closing.signal,
      onLog: (level, message) => logger[level](`dbt: ${message}`),
    })
  }

  /** Places of the dbt project are seen from millrace.yaml, and what is wrong with the program itself is there. */
  async placing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      const { project, dbtCore } = this.#options
      const error = placedError(project, toMillraceError(thrown).toJSON())
      const isProgram = error.code === 'TRANSFORM_DBT_MISSING' || error.code === 'TRANSFORM_DBT_TOO_OLD'
      throw errorFromJson(isProgram ? { ...error, at: dbtCore.at } : error)
    }
  }

  /** dbt and Millrace cannot both have a DuckDB file open: it is dbt's while dbt works. @throws as `buildNodes` does */
  build(request: BuildRequest): Promise<void> {
    return this.placing(async () => this.#lend(() => buildNodes(this.#dbt, request), request.signal))
  }

  async #lend<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const target = await this.#knownTarget()
    if (!target) return work()
    if (target.credentials.path === ':memory:')
      throw platformErrors.create('DBT_CORE_IN_MEMORY', {
        message: `The target ${target.profileName}.${target.targetName} is a DuckDB in memory: what one dbt makes there is gone with it, and nobody else sees it.`,
        hint: 'Give the target a file in profiles.yml: `path: ../../.millrace/warehouse.duckdb`.',
      })
    return this.#options.warehouses.lend(target, work, signal)
  }

  /** Undefined for a warehouse that dbt has an adapter for and Millrace has not. */
  #knownTarget(): Promise<ProfileTarget | undefined> {
    return this.target().catch(() => undefined)
  }

  async facts({ nodes }: Manifest, uniqueId: string): Promise<Metadata> {
    const node = nodes[uniqueId]
    const target = node?.relation_name ? await this.#knownTarget() : undefined
    // While dbt has the file nobody can look, and what reads the node is not to wait for that.
    if (!node || !target || this.#options.warehouses.isAway(target)) return {}
    const relation = { schema: node.schema, identifier: node.alias }
    return relationFacts(await this.warehouse(), relation, { countRows: node.config.materialized !== 'view' })
  }

  async select(selectors: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> {
    if (selectors.length === 0) return {}
    const manifest = await this.manifest()
    const around = { manifest, selectors: namedSelectors(manifest), builtin: this.#builtin(manifest) }
    return selectedNodes(selectors, { ...around, memory: await this.#memory() })
  }

  async #memory(): Promise<TargetMemory> {
    const { profile = 'dbt-core', target = 'default' } = this.#options.project.warehouse
    const known = await this.#knownTarget()
    return new TargetMemory(
      memoryFolder(this.#options.project),
      known?.profileName ?? profile,
      known?.targetName ?? target,
    )
  }

  /** A later `state:` compares with what ran now. */
  async remember(manifest: Manifest, result: CoreNodeResult): Promise<void> {
    const memory = await this.#memory()
    memory.remember(manifest, [result], this.#builtin(manifest))
  }

  /** The packages that come with dbt and its adapters; others lie in the project. */
  #builtin({ macros }: Manifest): ReadonlySet<string> {
    const { dbtDir } = this.#options
    const packages = new Set(Object.values(macros).map(({ package_name }) => package_name))
    const isBuiltin = (name: string) =>
      name === 'dbt' || (name.startsWith('dbt_') && !existsSync(join(dbtDir, 'dbt_packages', name)))
    return new Set([...packages].filter(isBuiltin))
  }

  async #catalogNow(): Promise<ModelCatalog> {
    const manifest = await this.manifest()
    if (this.#catalog?.of !== manifest)
      this.#catalog = { of: manifest, catalog: new ModelCatalog(manifest, this.#builtin(manifest)) }
    return this.#catalog.catalog
  }

  async models(): Promise<readonly ModelEntry[]> {
    return (await this.#catalogNow()).entries()
  }

  async model(id: string): Promise<ModelDetail> {
    const detail = detailOf(await this.#catalogNow(), id)
    const isRelation = detail.asset !== undefined && detail.type !== 'exposure'
    const warehouse = isRelation ? await this.warehouse().catch(() => undefined) : undefined
    return {
      ...detail,
      ...(detail.code === undefined
        ? {}
        : { notCompiled: 'dbt compiles it when it runs: the SQL stands with each time that the asset was made' }),
      ...(warehouse ? { columns: await columns(detail, warehouse) } : {}),
    }
  }

  async fieldLineage(): Promise<AssetFields> {
    return { columns: [], isComplete: false, reason: noLineage, rows: [] }
  }

  async traceField(asset: string, column: string): Promise<AssetFieldTrace> {
    return { edges: [], rows: [], unknown: [{ asset, column, reason: noLineage }] }
  }

  async run({ argv, isTty, env, stdout, stderr, signal = this.#closing.signal }: DbtCall): Promise<number> {
    const work = () =>
      runInstalledDbt(this.#options.project, argv, { isTty, env, stdout, stderr, signal, cwd: this.#dbt.projectDir })
    return this.#lend(work, signal)
  }

  target(): Promise<ProfileTarget> {
    return projectTarget(this.#options.project, this.#options.env)
  }

  async warehouse(): Promise<Warehouse> {
    return this.#options.warehouses.open(await this.target())
  }

  /** dbt itself has kept it. */
  async keep(): Promise<void> {}

  async reload(): Promise<void> {
    this.#manifest = undefined
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#manifest?.catch(() => {})
  }
}

const namedSelectors = ({ selectors }: Manifest): YamlSelector[] =>
  Object.entries(selectors).map(([name, written]) => ({
    name,
    isDefault: false,
    definition: (written as { readonly definition?: unknown }).definition,
    about: {},
  }))
