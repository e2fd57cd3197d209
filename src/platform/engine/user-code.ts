import type { Logger } from '../../base/index.js'
import { listFiles } from '../../extract-load/index.js'
import {
  type ProjectNames,
  type SensorQuestion,
  type SensorResult,
  type StepContext,
  type StepExecutor,
  UserCode as Worker,
} from '../../orchestrate/index.js'
import { type QueryResult, rowObjects } from '../../warehouse/index.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { type DefinitionParts, noParts } from '../graph/definition-parts.js'
import { codeFolder } from '../project/state-folder.js'

/** The project's definitions.ts, where it has one. */
export class UserCode {
  readonly executor: StepExecutor
  readonly #worker: Worker | undefined

  constructor(
    project: Project,
    logger: Logger,
    asks: {
      readonly query: (sql: string, signal: AbortSignal | undefined) => Promise<QueryResult>
      readonly read: (sql: string, signal: AbortSignal | undefined) => AsyncIterable<QueryResult>
    },
  ) {
    this.#worker =
      project.definitionsFile === undefined
        ? undefined
        : new Worker({
            file: project.definitionsFile,
            projectDir: project.dir,
            keptIn: codeFolder(project),
            logger,
            query: async (sql, signal) => rowObjects(await asks.query(sql, signal)),
            files: (path, places, signal) =>
              listFiles(path, { ...places }, { projectDir: project.dir, file: project.definitionsFile ?? '', signal }),
            read: async function* (sql, signal) {
              for await (const piece of asks.read(sql, signal)) yield rowObjects(piece)
            },
          })
    this.executor = this.#worker ?? {
      kind: 'typescript',
      execute: (context: StepContext) => Promise.reject(missing(context.step.key)),
    }
  }

  async load(names: ProjectNames | undefined, signal: AbortSignal): Promise<DefinitionParts> {
    return this.#worker ? { ...noParts, ...(await this.#worker.load(names, signal)) } : noParts
  }

  async evaluateSensor(name: string, question: SensorQuestion): Promise<SensorResult> {
    if (!this.#worker) throw missing(name)
    return this.#worker.evaluateSensor(name, question)
  }

  async close(): Promise<void> {
    await this.#worker?.close()
  }
}

function missing(what: string) {
  return platformErrors.create('ASSET_NOT_FOUND', {
    message: `${what} belongs to a definitions.ts, and the project has none any more.`,
    hint: 'Name the file with `definitions:` in millrace.yaml.',
  })
}
