import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type ProfileTarget, runDbtCommand, type TransformEvent } from '../../../src/transform/index.js'
import { openDuckDb, rowObjects, type Warehouse, withConnection } from '../../../src/warehouse/index.js'

/** What stands in a file of run_results.json. */
export interface ResultRow {
  readonly unique_id: string
  readonly status: string
  readonly message: string | null
  readonly failures: number | null
  readonly compiled_code: string | null
  readonly batch_results: unknown
}

export interface CommandOutcome {
  readonly code: number
  /** Everything that was printed. */
  readonly output: string
  readonly events: readonly TransformEvent[]
  /** run_results.json by the name after `<type>.<project>.`; empty when the command wrote none. */
  readonly results: Readonly<Record<string, ResultRow>>
}

/** What a test's project runs on. */
export interface ProjectEngine {
  /** The output block of profiles.yml. */
  readonly output: Readonly<Record<string, unknown>>
  readonly open: (target: Pick<ProfileTarget, 'credentials'>) => Promise<Warehouse>
}

const duckDbFile: ProjectEngine = {
  output: { type: 'duckdb', path: 'shop.duckdb', schema: 'main', threads: 2 },
  open: ({ credentials: { path } }) => {
    if (typeof path !== 'string') throw new Error('A test with a profile of its own names its engine.')
    return openDuckDb({ path })
  },
}

/** A dbt project with a database of its own, a DuckDB file unless told otherwise; removed when the test ends. */
export class TempProject {
  readonly dir: string
  readonly #engine: ProjectEngine

  constructor(files: Readonly<Record<string, string>>, engine: ProjectEngine = duckDbFile) {
    this.#engine = engine
    const profile = { shop: { target: 'dev', outputs: { dev: engine.output } } }
    const defaults = { 'dbt_project.yml': 'name: shop\nprofile: shop\n', 'profiles.yml': JSON.stringify(profile) }
    this.dir = mkdtempSync(join(tmpdir(), 'millrace-dbt-'))
    onTestFinished(() => rmSync(this.dir, { recursive: true, force: true }))
    this.write({ ...defaults, ...files })
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.dir, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
  }

  remove(name: string): void {
    rmSync(join(this.dir, name))
  }

  read(name: string): string {
    return readFileSync(join(this.dir, name), 'utf8')
  }

  /** One dbt command line; arguments with spaces are given as a list. */
  async dbt(
    command: string | readonly string[],
    options: {
      readonly signal?: AbortSignal
      readonly onEvent?: (event: TransformEvent) => void
      readonly onLine?: (line: string) => void
      /** Where a platform keeps what ran; without it the project is a bare one. */
      readonly memoryDir?: string
      readonly env?: Readonly<Record<string, string>>
    } = {},
  ): Promise<CommandOutcome> {
    const lines: string[] = []
    const events: TransformEvent[] = []
    const results = join('target', 'run_results.json')
    // What an earlier command left would be taken for this one's; a retry needs it.
    if (command !== 'retry' && existsSync(join(this.dir, results))) rmSync(join(this.dir, results))
    const code = await runDbtCommand(typeof command === 'string' ? command.trim().split(' ') : command, {
      stdout: (line) => {
        lines.push(line)
        options.onLine?.(line)
      },
      stderr: (line) => lines.push(line),
      isTty: false,
      env: options.env ?? {},
      cwd: this.dir,
      signal: options.signal,
      memoryDir: options.memoryDir,
      onEvent: (event) => {
        events.push(event)
        options.onEvent?.(event)
      },
      openWarehouse: (target) => this.#engine.open(target),
    })
    return { code, output: lines.join('\n'), events, results: this.#results(results) }
  }

  #results(name: string): Readonly<Record<string, ResultRow>> {
    let text: string
    try {
      text = this.read(name)
    } catch {
      return {}
    }
    const { results } = JSON.parse(text) as { results: ResultRow[] }
    return Object.fromEntries(results.map((row) => [row.unique_id.split('.').slice(2).join('.'), row]))
  }

  /** Rows of the project's database, as objects. */
  async rows(sql: string): Promise<Record<string, unknown>[]> {
    const { output } = this.#engine
    const path = output.path === undefined ? {} : { path: join(this.dir, String(output.path)) }
    const warehouse = await this.#engine.open({ credentials: { ...output, ...path } })
    try {
      return await withConnection(warehouse, async (connection) => rowObjects(await connection.query(sql)))
    } finally {
      await warehouse.close()
    }
  }
}
