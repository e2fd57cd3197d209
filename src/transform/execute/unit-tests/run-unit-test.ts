import { repr } from '../../../jinja/index.js'
import type { Adapter } from '../../adapter/adapter.js'
import { nodeRelation } from '../../adapter/node-relation.js'
import type { ManifestNode, ManifestResource, NodeResult } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import { renderNode, withCtes } from '../compile/compile-node.js'
import { compileSql } from '../materialize/compile-sql.js'
import { locatedError, resultMessage } from '../results/located-error.js'
import { writeNodeFile } from '../results/node-files.js'
import { emptyResult, threadName, timed } from '../results/node-result.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import type { Session } from '../session/session.js'
import { difference } from './difference.js'
import {
  type Fixture,
  fixtureRows,
  fixtureSql,
  guessedColumns,
  namesOf,
  rowsQuery,
  type TypedColumn,
} from './fixture.js'
import { fixturesById, replaceInputs, thisInput } from './stand-ins.js'

/**
 * Runs a model's SQL over rows that the test gives instead of its inputs, and compares what comes out. Inputs become
 * common table expressions with the columns and types of the real relations.
 */
export async function runUnitTest(session: Session, test: ManifestResource, run: RunnerOptions): Promise<NodeResult> {
  const result = { ...emptyResult(test.unique_id, threadName(run.slot)), compiled: true, compiled_code: '' }
  const started = new Date()
  let compiled = started
  try {
    const found = await new UnitTestRun(session, test, run).run((sql) => {
      result.compiled_code = sql
      compiled = new Date()
    })
    Object.assign(result, { status: 'pass', failures: 0, adapter_response: { _message: 'OK' } })
    if (found !== undefined) {
      const error = transformErrors.create('TRANSFORM_TEST_FAILED', {
        message: `\n\nactual differs from expected:\n\n${found}\n`,
        at: { file: test.original_file_path },
        hint: 'Mend the model, or the rows below `expect`.',
      })
      Object.assign(result, { status: 'fail', failures: 1, message: error.message, error: error.toJSON() })
    }
  } catch (thrown) {
    const error = locatedError(thrown, { ...test, compiled_code: result.compiled_code }, result.compiled_code)
    const message = resultMessage(error, test, session.target.type)
    Object.assign(result, { status: 'error', message, error: error.toJSON() })
  }
  return Object.assign(result, timed(started, compiled, new Date()))
}

class UnitTestRun {
  readonly #session: Session
  readonly #test: ManifestResource
  readonly #run: RunnerOptions
  readonly #model: ManifestNode

  constructor(session: Session, test: ManifestResource, run: RunnerOptions) {
    this.#session = session
    this.#test = test
    this.#run = run
    this.#model = this.#tested()
  }

  #tested(): ManifestNode {
    const { nodes } = this.#session.manifest
    const model = (this.#test.depends_on?.nodes ?? []).map((id) => nodes[id]).find((node) => node !== undefined)
    if (model) return model
    throw transformErrors.create('TRANSFORM_REF_NOT_FOUND', {
      message: `The unit test ${this.#test.name} tests the model '${String(this.#test.model)}', which does not exist.`,
      at: { file: this.#test.original_file_path },
    })
  }

  /** What differs, or undefined when nothing does. */
  async run(onCompiled: (sql: string) => void): Promise<string | undefined> {
    const model = { ...this.#model, config: { ...this.#model.config } }
    const runner = this.#session.runner(model, this.#run)
    return runner.withContext(async (context, adapter) => {
      const { names, bodies } = await this.#inputs(adapter)
      replaceInputs(context, this.#session, this.#model, this.#test, names)
      const own = await renderNode(this.#session.project, model, context)
      const sql = bodies.length > 0 ? withCtes(own, bodies) : own
      onCompiled(sql)
      await this.#write(sql)
      return this.#compare(adapter, sql)
    })
  }

  async #compare(adapter: Adapter, sql: string): Promise<string | undefined> {
    const actual = await adapter.connection.execute(sql, false)
    const expect = (this.#test.expect ?? {}) as Fixture
    const types = new Map(actual.columns.map((column) => [column.name.toLowerCase(), column.type]))
    const rows = fixtureRows(expect)
    const columns = actual.columns.filter(
      (column) => rows.length === 0 || namesOf(rows).some((name) => name.toLowerCase() === column.name.toLowerCase()),
    )
    const query =
      fixtureSql(expect) ??
      rowsQuery(
        this.#session.warehouse,
        rows,
        rows.length === 0 ? columns : this.#known(rows, types),
        this.#test,
        'expected output',
      )
    const expected = await adapter.connection.execute(query, false)
    return difference(
      expected.columns.map((column) => column.name),
      actual,
      expected,
    )
  }

  /** The columns that the expected rows name, with the types that the model gives them. */
  #known(rows: readonly Readonly<Record<string, unknown>>[], types: ReadonlyMap<string, string>): TypedColumn[] {
    return namesOf(rows).map((name) => {
      const type = types.get(name.toLowerCase())
      if (type !== undefined) return { name, type }
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `Invalid column name: '${name}' in unit test fixture for expected output.\nAccepted columns for expected output are: ${repr([...types.keys()])}`,
        at: { file: this.#test.original_file_path },
      })
    })
  }

  /** A common table expression for each input of the model, empty where the test gives no rows. */
  async #inputs(adapter: Adapter): Promise<{ names: Map<string, string>; bodies: string[] }> {
    const { nodes, sources } = this.#session.manifest
    const fixtures = fixturesById(this.#session, this.#test, this.#model)
    const names = new Map<string, string>()
    const bodies: string[] = []
    for (const id of new Set([...fixtures.keys(), ...this.#model.depends_on.nodes])) {
      const input = nodes[id] ?? sources[id] ?? (id === thisInput ? this.#model : undefined)
      if (!input) continue
      const name = `__dbt__cte__${id === thisInput ? 'this' : inputName(input)}`
      const fixture = fixtures.get(id)
      const body = fixtureSql(fixture) ?? (await this.#rows(adapter, input as ManifestNode, fixture))
      names.set(id, name)
      bodies.push(` ${name} as (\n-- rows for ${input.name}\n${body}\n)`)
    }
    return { names, bodies }
  }

  async #rows(adapter: Adapter, input: ManifestNode, fixture: Fixture | undefined): Promise<string> {
    const rows = fixtureRows(fixture)
    const real = await this.#columns(adapter, input)
    const columns = real.length > 0 ? real : guessedColumns(rows)
    if (columns.length > 0) return rowsQuery(this.#session.warehouse, rows, columns, this.#test, `'${input.name}'`)
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `The unit test ${this.#test.name} needs the columns of ${input.name}, which is not in the warehouse yet, and it gives no rows for it.`,
      at: { file: this.#test.original_file_path },
      hint: `Build ${input.name} first, for example with \`dbt run --select +${this.#model.name} --empty\`.`,
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

  async #write(sql: string): Promise<void> {
    const { original_file_path, package_name, name } = this.#test
    const file = { ...this.#model, original_file_path: `${original_file_path}/models/${name}.sql`, package_name }
    await writeNodeFile(this.#session.targetDir, 'compiled', { ...file, resource_type: 'unit_test' }, sql)
  }
}

/** What tells inputs apart: tables of several sources have the same names, and so have the versions of a model. */
function inputName(input: ManifestNode | ManifestResource): string {
  if (input.resource_type === 'source') return `${String(input.source_name)}__${input.name}`
  return input.version == null ? input.name : `${input.name}_v${String(input.version)}`
}
