import { posix } from 'node:path'
import type { MillraceError } from '../../../base/index.js'
import type { Adapter } from '../../adapter/adapter.js'
import { nodeRelation } from '../../adapter/node-relation.js'
import type { ManifestNode, ManifestResource, NodeResult } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { asList, type Path } from '../../project/yaml-file.js'
import { renderNode, withCtes } from '../compile/compile-node.js'
import { compileSql } from '../materialize/compile-sql.js'
import { shownNodeFile, writeNodeFile } from '../results/node-files.js'
import { emptyResult, threadName, timed } from '../results/node-result.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import type { Session } from '../session/session.js'
import { difference } from './difference.js'
import {
  checkColumns,
  type Fixture,
  fixtureRows,
  fixtureSql,
  guessedColumns,
  namesOf,
  rowsQuery,
  type TypedColumn,
} from './fixture.js'
import { inUnitTest, locatedUnitTest, unitTestMessage } from './located-unit-test.js'
import { fixturesById, replaceInputs, thisInput } from './stand-ins.js'

/**
 * Runs a model's SQL over rows that the test gives instead of its inputs, and compares what comes out. Inputs become
 * common table expressions with the columns and types of the real relations.
 */
export async function runUnitTest(session: Session, test: ManifestResource, run: RunnerOptions): Promise<NodeResult> {
  const result = { ...emptyResult(test.unique_id, threadName(run.slot)), compiled: true, compiled_code: '' }
  const started = new Date()
  const unitTest = new UnitTestRun(session, test, run)
  try {
    const found = await unitTest.run()
    Object.assign(result, { status: 'pass', failures: 0, adapter_response: { _message: 'OK' } })
    if (found !== undefined) Object.assign(result, { status: 'fail', failures: 1, ...failure(session, test, found) })
  } catch (thrown) {
    const error = unitTest.located(thrown)
    const message = unitTestMessage(error, test, session.target.type)
    Object.assign(result, { status: 'error', message, error: error.toJSON() })
  }
  const { compiled, compiledPath, compiledAt = started } = unitTest
  return Object.assign(result, timed(started, compiledAt, new Date()), {
    compiled_code: compiled,
    ...(compiledPath !== undefined && { compiled_path: compiledPath }),
  })
}

function failure({ project }: Session, test: ManifestResource, found: string) {
  const error = transformErrors.create('TRANSFORM_TEST_FAILED', {
    message: `\n\nactual differs from expected:\n\n${found}\n\n`,
    hint: 'Mend the model, or the rows below `expect`.',
  })
  inUnitTest(error, test, project, ['expect'])
  // The table says what is wrong; the rows are only a place to go to.
  return { message: error.message, error: { ...error.toJSON(), frame: undefined } }
}

class UnitTestRun {
  readonly #session: Session
  readonly #test: ManifestResource
  readonly #run: RunnerOptions
  readonly #rowPaths = new Map<string, Path>()
  #model: ManifestNode | undefined
  /** The statement that was sent last. */
  #sent = ''
  compiled = ''
  compiledPath: string | undefined
  compiledAt: Date | undefined

  constructor(session: Session, test: ManifestResource, run: RunnerOptions) {
    this.#session = session
    this.#test = test
    this.#run = run
  }

  /** What was thrown, with its place in the test, the model or the SQL. */
  located(thrown: unknown): MillraceError {
    const { compiled, compiledPath } = this
    const sql = { sent: this.#sent, compiled, compiledPath, rowPaths: this.#rowPaths }
    return locatedUnitTest(thrown, this.#test, this.#model, sql, this.#session.project)
  }

  #tested(): ManifestNode {
    const { nodes } = this.#session.manifest
    const model = (this.#test.depends_on?.nodes ?? []).map((id) => nodes[id]).find((node) => node !== undefined)
    if (model) return model
    throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
      message: `The unit test ${this.#test.name} tests the model '${String(this.#test.model)}', which does not exist.`,
      data: { path: ['model'] },
    })
  }

  /** What differs, or undefined when nothing does. */
  async run(): Promise<string | undefined> {
    const tested = this.#tested()
    this.#model = tested
    const model = { ...tested, config: { ...tested.config } }
    const runner = this.#session.runner(model, this.#run)
    return runner.withContext(async (context, adapter) => {
      const { names, bodies } = await this.#inputs(adapter, tested)
      replaceInputs(context, this.#session, tested, this.#test, names)
      const own = await renderNode(this.#session.project, model, context)
      this.compiled = bodies.length > 0 ? withCtes(own, bodies) : own
      this.compiledAt = new Date()
      this.compiledPath = await this.#write(tested, this.compiled)
      return this.#compare(adapter)
    })
  }

  async #compare(adapter: Adapter): Promise<string | undefined> {
    const actual = await this.#ask(adapter, this.compiled)
    const expected = await this.#ask(adapter, await this.#expectedQuery(adapter, actual.columns))
    return difference(
      expected.columns.map((column) => column.name),
      actual,
      expected,
    )
  }

  /** The expected rows, with the types that the model gives their columns. */
  async #expectedQuery(adapter: Adapter, made: readonly TypedColumn[]): Promise<string> {
    const expect = (this.#test.expect ?? {}) as Fixture
    const origin = { shown: 'expected output', path: ['expect'], onRow: this.#keepRow }
    const { warehouse } = this.#session
    const query = fixtureSql(expect)
    if (query === undefined) {
      const rows = fixtureRows(expect)
      checkColumns(
        rows,
        made.map(({ name }) => name),
        origin,
      )
      return rowsQuery(warehouse, rows, rows.length === 0 ? made : typed(namesOf(rows), made), origin)
    }
    const { columns } = await this.#ask(adapter, query, 0)
    const names = columns.map(({ name }) => name)
    checkColumns(
      [Object.fromEntries(names.map((name) => [name, null]))],
      made.map(({ name }) => name),
      {
        ...origin,
      },
    )
    const cells = typed(names, made).map(({ name, type }) => {
      const quoted = warehouse.quoteIdentifier(name)
      return `cast(${quoted} as ${type}) as ${quoted}`
    })
    return `select ${cells.join(', ')} from (\n${query}\n) as expected`
  }

  async #ask(adapter: Adapter, sql: string, limit?: number) {
    this.#sent = sql
    return adapter.connection.execute(sql, false, limit)
  }

  readonly #keepRow = (sql: string, path: Path): void => {
    for (const line of sql.split('\n')) if (!this.#rowPaths.has(line)) this.#rowPaths.set(line, path)
  }

  /** A common table expression for each input that the test gives. */
  async #inputs(adapter: Adapter, model: ManifestNode): Promise<{ names: Map<string, string>; bodies: string[] }> {
    const { nodes, sources } = this.#session.manifest
    const fixtures = fixturesById(this.#session, this.#test, model)
    const names = new Map<string, string>()
    const bodies: string[] = []
    for (const [id, fixture] of fixtures) {
      const input = nodes[id] ?? sources[id] ?? (id === thisInput ? model : undefined)
      if (!input) continue
      const name = `__dbt__cte__${id === thisInput ? 'this' : inputName(input)}`
      const body = fixtureSql(fixture) ?? (await this.#rows(adapter, input as ManifestNode, fixture, model))
      names.set(id, name)
      bodies.push(` ${name} as (\n-- rows for ${input.name}\n${body}\n)`)
    }
    return { names, bodies }
  }

  async #rows(
    adapter: Adapter,
    input: ManifestNode,
    fixture: Fixture | undefined,
    model: ManifestNode,
  ): Promise<string> {
    const rows = fixtureRows(fixture)
    const real = await this.#columns(adapter, input)
    const columns = real.length > 0 ? real : guessedColumns(rows)
    const path = ['given', fixture ? asList(this.#test.given).indexOf(fixture) : 0]
    if (columns.length > 0)
      return rowsQuery(this.#session.warehouse, rows, columns, { shown: `'${input.name}'`, path, onRow: this.#keepRow })
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `The unit test ${this.#test.name} needs the columns of ${input.name}, which is not in the warehouse yet, and it gives no rows for it.`,
      data: { path: ['given'] },
      hint: `Build ${input.name} first, for example with \`dbt run --select +${model.name} --empty\`.`,
    })
  }

  async #columns(adapter: Adapter, input: ManifestNode): Promise<TypedColumn[]> {
    if (input.config.materialized === 'ephemeral') {
      const sql = await compileSql(this.#session.runner({ ...input, config: { ...input.config } }, this.#run))
      return [...(await adapter.connection.execute(sql, false, 0)).columns]
    }
    const alias = input.alias ?? String(input.identifier)
    const own = nodeRelation(this.#session.project.relations, { ...input, alias })
    const relation = this.#session.deferred?.ref(input) ?? own
    return (await adapter.columns(relation)).map(({ name, dataType }) => ({ name, type: dataType }))
  }

  async #write(model: ManifestNode, sql: string): Promise<string> {
    const { original_file_path, package_name, name } = this.#test
    const { targetDir, project } = this.#session
    const file = {
      ...model,
      original_file_path: `${original_file_path}/${posix.dirname(original_file_path)}/${name}.sql`,
      package_name,
    }
    const node = { ...file, resource_type: 'unit_test' } as const
    await writeNodeFile(targetDir, 'compiled', node, sql)
    return shownNodeFile(project.root.dir, targetDir, 'compiled', node)
  }
}

/** Columns of these names, with the types that they have there. */
const typed = (names: readonly string[], columns: readonly TypedColumn[]): TypedColumn[] => {
  const types = new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]))
  return names.map((name) => ({ name, type: types.get(name.toLowerCase()) as string }))
}

/** What tells inputs apart: tables of several sources have the same names, and so have the versions of a model. */
function inputName(input: ManifestNode | ManifestResource): string {
  if (input.resource_type === 'source') return `${String(input.source_name)}__${input.name}`
  return input.version == null ? input.name : `${input.name}_v${String(input.version)}`
}
