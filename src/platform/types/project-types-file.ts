import { relative } from 'node:path'
import { type Clock, errorFromJson } from '../../base/index.js'
import type { Project, TypesFile } from '../contract.js'
import type { DbtEngine } from '../engine/dbt/dbt-engine.js'
import { isMissing } from '../engine/warehouses/warehouses.js'
import { platformErrors } from '../errors.js'
import type { LoadedDefinitions } from '../graph/load-definitions.js'
import { warehouseColumns } from './table-columns.js'
import { type InWarehouse, typesFile, writeTypes } from './types-file.js'

/** Runs follow each other closely: the warehouse is asked what it has once in so long. */
const pauseMs = 10_000

/** The file that tells the compiler what the project has: written when somebody asks for it, and kept up to date while the engine watches. */
export class ProjectTypesFile {
  readonly #project: Project
  readonly #dbt: Pick<DbtEngine, 'target' | 'warehouse'>
  readonly #clock: Pick<Clock, 'monotonicMs'>
  /** What was written last was made of it. */
  #of: LoadedDefinitions | undefined
  #haveTablesChanged = false
  #lookedMs = Number.NEGATIVE_INFINITY

  constructor(project: Project, dbt: Pick<DbtEngine, 'target' | 'warehouse'>, clock: Pick<Clock, 'monotonicMs'>) {
    this.#project = project
    this.#dbt = dbt
    this.#clock = clock
  }

  tablesChange(): void {
    this.#haveTablesChanged = true
  }

  async keep(loaded: LoadedDefinitions): Promise<void> {
    if (this.#project.definitionsFile === undefined || !loaded.isWhole) return
    const isDue = this.#haveTablesChanged && this.#clock.monotonicMs() - this.#lookedMs > pauseMs
    if (loaded === this.#of && !isDue) return
    await this.write(loaded, { isDryRun: false })
  }

  /** @throws the first problem of a project that cannot be read, TYPES_NOT_WRITABLE */
  async write(loaded: LoadedDefinitions, { isDryRun }: { readonly isDryRun: boolean }): Promise<TypesFile> {
    const { definitionsFile, name, dir } = this.#project
    if (definitionsFile === undefined)
      throw platformErrors.create('DEFINITIONS_NOT_FOUND', {
        message: `The project ${name} has no definitions.ts whose compiler could be told something.`,
        hint: 'Write orchestration/definitions.ts, or name the file with `definitions:` in millrace.yaml.',
      })
    const { names, isWhole } = loaded
    const [problem] = loaded.definitions.problems
    // Half of the names would make the other half wrong.
    if (!names || !isWhole) throw problem ? errorFromJson(problem) : new Error('A part of the project cannot be read.')
    this.#of = loaded
    this.#lookedMs = this.#clock.monotonicMs()
    this.#haveTablesChanged = false
    const path = typesFile(definitionsFile)
    const status = await writeTypes(path, { ...loaded, names }, { inWarehouse: await this.#columns(), isDryRun })
    return { path: relative(dir, path), status }
  }

  /** A warehouse that was never used has nothing to tell, and is not made by asking it. */
  async #columns(): Promise<InWarehouse> {
    try {
      if (isMissing(await this.#dbt.target())) return new Map()
      return await warehouseColumns(await this.#dbt.warehouse())
    } catch {
      // What is known of its tables stays as it was.
      return new Map()
    }
  }
}
