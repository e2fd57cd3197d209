import { join } from 'node:path'
import { type MillraceError, readText, toMillraceError } from '../../../base/index.js'
import { type JinjaCallable, str } from '../../../jinja/index.js'
import { Adapter } from '../../adapter/adapter.js'
import { adapterObject } from '../../adapter/adapter-methods.js'
import { engineOf } from '../../adapter/engines/index.js'
import { NodeConnection } from '../../adapter/node-connection.js'
import { nodeRelation } from '../../adapter/node-relation.js'
import type { Relation } from '../../adapter/relation.js'
import { readSeed } from '../../adapter/seed-table.js'
import { AgateTable } from '../../adapter/table.js'
import type { NodeContext } from '../../context/node-context.js'
import type { ManifestNode, NodeResult } from '../../contract.js'
import { batchLabel } from '../../event-time/batches.js'
import { withSubject } from '../../log/error-text.js'
import { executionEnvironment } from '../../parse/parse-project.js'
import { inHook } from '../../project/written-place.js'
import { compileNode } from '../compile/compile-node.js'
import { executionContext } from '../compile/execution-context.js'
import { locatedError, resultMessage } from '../results/located-error.js'
import { materializedRelations } from '../results/materialized-relations.js'
import { shownNodeFile, writeNodeFile } from '../results/node-files.js'
import { inlineQuery, takesLimit, withHintOfLimit } from '../results/shown-query.js'
import { StatementEvents } from '../results/statement-events.js'
import { StoredResults } from '../results/stored-results.js'
import { testOutcome } from '../results/test-outcome.js'
import { type ExecutionScope, emptyResult, threadName, timed } from '../scope/execution-scope.js'
import type { RunnerOptions } from '../scope/runner-options.js'
import { findMaterialization } from './find-materialization.js'
import { queryComment } from './query-comment.js'
import { repeated } from './repeat.js'

/** Runs one node: compiles its SQL, finds its materialization and executes that, all on one connection. */
export class NodeRunner {
  readonly #scope: ExecutionScope
  readonly #node: ManifestNode
  readonly #run: RunnerOptions
  readonly #results = new StoredResults()
  readonly #writes: Promise<void>[] = []
  #lastSql = ''
  /** The text that was rendered last apart from the node's own: a hook. */
  #hook: { readonly written: string; readonly sql: string } | undefined
  /** Something that this node wrote stays, whatever happens now. */
  #isKept = false

  constructor(scope: ExecutionScope, node: ManifestNode, run: RunnerOptions = {}) {
    this.#scope = scope
    this.#node = node
    this.#run = run
  }

  /** The statement that was sent last. */
  get lastSql(): string {
    return this.#lastSql
  }

  /** Never throws: a failure is a result. */
  run(): Promise<NodeResult> {
    return this.#result(async (context, adapter, onCompiled) => {
      const said = this.#said()
      said?.isCompiling()
      await this.#compile(context)
      onCompiled()
      said?.isExecuting()
      await this.#materialize(context, adapter)
      return this.#outcome()
    })
  }

  async #result(
    work: (context: NodeContext, adapter: Adapter, onCompiled: () => void) => Promise<Partial<NodeResult>>,
  ): Promise<NodeResult> {
    const node = this.#node
    const result = emptyResult(node.unique_id, threadName(this.#run.slot ?? 0))
    const started = new Date()
    let compiled = started
    try {
      const attempt = () =>
        this.withContext((context, adapter) =>
          work(context, adapter, () => {
            compiled = new Date()
          }),
        )
      Object.assign(result, await this.#repeated(attempt))
    } catch (thrown) {
      const error = this.#located(thrown)
      const message = this.#message(error)
      this.#said()?.hasFailed(message)
      Object.assign(result, { status: 'error', message, error: error.toJSON() })
    }
    await Promise.all(this.#writes)
    return Object.assign(result, timed(started, compiled, new Date()), {
      compiled: node.resource_type === 'seed' ? null : (node.compiled ?? false),
      compiled_code: node.compiled_code ?? '',
      // A seed has none in dbt's results, though it makes one.
      relation_name: node.resource_type === 'seed' ? null : node.relation_name,
    })
  }

  /** Runs the node's compiled SQL as one statement: hooks, operations. Answers the adapter's response. */
  execute(
    prepare: (context: NodeContext) => void = () => {},
    onCompiled: () => void = () => {},
  ): Promise<Record<string, unknown>> {
    const { response } = engineOf(this.#scope.project.target.type)
    const attempt = () =>
      this.withContext(async (context, adapter) => {
        adapter.connection.clearTransaction()
        prepare(context)
        const sql = await this.#compile(context)
        onCompiled()
        return sql.trim() === '' ? {} : response(await adapter.connection.execute(sql, false)).toRecord()
      })
    return this.#repeated(attempt).finally(() => Promise.all(this.#writes))
  }

  #repeated<T>(attempt: () => Promise<T>): Promise<T> {
    return repeated(attempt, {
      signal: this.#run.signal,
      isUndone: () => !this.#isKept,
      onRepeat: ({ message }) => {
        // Who stood in the way changed what is there.
        this.#scope.cache.clear()
        this.#run.onLog?.('warn', `${this.#node.name} is tried again: ${message}`)
      },
    })
  }

  /** Only the SQL, with ephemeral models put in; introspective queries may run. */
  async compileOnly(prepare: (context: NodeContext) => void = () => {}): Promise<string> {
    try {
      return await this.withContext((context) => {
        prepare(context)
        return this.#compile(context)
      })
    } catch (thrown) {
      throw this.#named(thrown)
    } finally {
      await Promise.all(this.#writes)
    }
  }

  /** Makes the relation of another environment to be seen in this one. Never throws: a failure is a result. */
  async clone(other: Relation | undefined): Promise<NodeResult> {
    return this.#result(async (context, adapter) => {
      context.set('defer_relation', other ?? null)
      const sql = other ? `select * from ${other.render()}` : ''
      context.set('sql', sql).set('compiled_code', sql)
      await this.#materialize(context, adapter, 'clone')
      return { message: this.#results.get('main')?.response.message ?? 'No-op' }
    })
  }

  /** Compiles the node and says so as a result. @throws what does not compile */
  async compileResult(): Promise<NodeResult> {
    return this.#timed(async () => void (await this.compileOnly()))
  }

  /** The first rows that the node's query gives; those of a seed stand in its file. @throws what does not run */
  async show(limit: number | null): Promise<{ result: NodeResult; table: AgateTable }> {
    let table = new AgateTable([], [])
    const result = await this.#timed(async () => {
      if (this.#node.resource_type === 'seed') table = this.#seedRows(limit)
      else table = await this.#firstRows(limit)
    })
    return { result, table }
  }

  #seedRows(limit: number | null): AgateTable {
    const { columnNames, rows } = this.#loadSeed()
    return new AgateTable(
      columnNames,
      rows.slice(0, limit ?? rows.length).map((row) => row.values),
    )
  }

  async #firstRows(limit: number | null): Promise<AgateTable> {
    try {
      return await this.withContext(async (context, adapter) => {
        const own = await this.#compile(context)
        const compiled = this.#node.resource_type === 'sql_operation' ? inlineQuery(own) : own
        const isLimited = limit !== null && takesLimit(compiled)
        // A block of the model's may have set it just now.
        const config = context.get('config') as { jinjaAttribute(name: string): JinjaCallable }
        const header = config.jinjaAttribute('get').jinjaCall(['sql_header'], null)
        const sql = str(await adapter.runMacro('get_show_sql', compiled, header, isLimited ? limit : null))
        this.#node.compiled_code = sql
        const table = AgateTable.fromResult(await adapter.connection.execute(sql, false))
        return limit === null ? table : table.first(limit)
      })
    } catch (thrown) {
      throw withHintOfLimit(this.#named(thrown), limit)
    }
  }

  async #timed(work: () => Promise<void>): Promise<NodeResult> {
    const started = new Date()
    await work()
    const ended = new Date()
    const node = this.#node
    return {
      ...emptyResult(node.unique_id, threadName(this.#run.slot ?? 0)),
      ...timed(started, ended, ended),
      compiled: node.resource_type === 'seed' ? null : true,
      compiled_code: node.resource_type === 'seed' ? null : (node.compiled_code ?? ''),
      relation_name: node.resource_type === 'seed' ? null : node.relation_name,
    }
  }

  /** What the log hears of this node. */
  #said(node = this.#node): StatementEvents | undefined {
    const { events, target } = this.#scope.project.invocation
    return events && new StatementEvents(events, target.type, node, threadName(this.#run.slot ?? 0))
  }

  /** Something to be done with the node's context and a connection of its own. */
  withContext<T>(use: (context: NodeContext, adapter: Adapter) => Promise<T>): Promise<T> {
    const { pool, cache, warehouse, project } = this.#scope
    const { signal, onLog } = this.#run
    const said = this.#said()
    return pool.use(async (session, isNew) => {
      said?.isConnected({ isNew })
      const engine = engineOf(project.target.type)
      const connection = new NodeConnection({
        connection: session,
        cache,
        beginsByItself: engine.beginsByItself,
        signal,
        onStatement: (sql, sent) => {
          this.#lastSql = sql
          if (!said) onLog?.('debug', sent.trim())
          else said.statement(sent)
        },
        onTransactionEnd: (how) => said?.transactionEnded(how),
        onAnswer: (result, seconds) => said?.answer(result, seconds),
      })
      const context = executionContext(this.#scope, this.#node, this.#run)
      if (this.#run.addsToRelation)
        context.override('is_incremental', () => true).override('should_full_refresh', () => false)
      const adapter = new Adapter({
        warehouse,
        connection,
        cache,
        target: project.target,
        engine,
        flags: project.invocation.flags,
        quoting: project.root.quoting,
        dispatch: (name, namespace) => context.dispatch(name, namespace),
        findMacro: (name) => context.get(name),
        warn: (message) => onLog?.('warn', message),
        seedFile: () => this.#seedFile(),
      })
      this.#complete(context, adapter)
      connection.commentWith(await queryComment(project, this.#node, context))
      try {
        const result = await use(context, adapter)
        await connection.end()
        return result
      } catch (error) {
        await connection.rollback().catch(() => {})
        throw error
      } finally {
        this.#isKept ||= connection.isKept
      }
    }, signal)
  }

  #located(thrown: unknown): MillraceError {
    const firstLine = this.#scope.project.firstLines.get(this.#node.unique_id)
    const error = locatedError(thrown, this.#node, this.#lastSql, firstLine)
    const isOfHook = error.code === 'WAREHOUSE_SQL' && this.#hook?.sql.trim() === this.#lastSql.trim()
    if (!this.#hook || !isOfHook) return error
    const { packages } = this.#scope.project
    return inHook(Object.assign(error, { at: undefined }), this.#hook.written, this.#node, packages)
  }

  /** An error that ends the command says whose it is; SQL of the command line is nobody's. */
  #named(thrown: unknown): MillraceError {
    const error = this.#located(thrown)
    return this.#node.resource_type === 'sql_operation' ? error : withSubject(error, this.#node)
  }

  #message(error: MillraceError): string {
    return resultMessage(error, this.#node, this.#scope.project.target.type)
  }

  #outcome(): Partial<NodeResult> {
    const main = this.#results.get('main')
    const response = main?.response.toRecord() ?? {}
    if (this.#node.resource_type === 'test')
      return {
        adapter_response: response,
        ...testOutcome(this.#node, main?.table ?? null, this.#scope.isWarnError),
      }
    return { adapter_response: response, message: main?.response.message ?? 'OK' }
  }

  /** What needs the connection, or keeps something of this run. */
  #complete(context: NodeContext, adapter: Adapter): void {
    context
      .set('adapter', adapterObject(adapter))
      .set('api', adapter.api)
      .set('write', (text: unknown) => this.#write('run', str(text)))
      .set('render', (text: unknown) => this.#render(context, str(text)))
      .set('load_agate_table', () => this.#loadSeed())
      .set('try_or_compiler_error', (_: unknown, callee: unknown, ...args: unknown[]) =>
        (callee as JinjaCallable).jinjaCall(args, null),
      )
    for (const [name, value] of Object.entries(this.#results.functions())) context.set(name, value)
  }

  async #render(context: NodeContext, text: string): Promise<string> {
    const { original_file_path: file } = this.#node
    this.#hook = { written: text, sql: text }
    if (!/\{[{%#]/.test(text)) return text
    try {
      const sql = await executionEnvironment.compile({ name: file, source: text }).render(context)
      this.#hook = { written: text, sql }
      return sql
    } catch (thrown) {
      const error = toMillraceError(thrown)
      throw error.at?.file === file ? inHook(error, text, this.#node, this.#scope.project.packages) : error
    }
  }

  #seedFile(): string {
    const { root } = this.#scope.project
    return join(this.#node.root_path ?? root.dir, this.#node.original_file_path)
  }

  #loadSeed(): AgateTable {
    const { column_types, delimiter } = this.#node.config
    const seed = readSeed(
      readText(this.#seedFile(), this.#node.original_file_path),
      this.#node.original_file_path,
      typeof delimiter === 'string' ? delimiter : ',',
      (column_types ?? {}) as Record<string, unknown>,
    )
    for (const warning of seed.warnings) this.#run.onLog?.('warn', warning)
    const rows = this.#scope.isEmpty ? [] : seed.rows
    // An empty table has the types of the file, but must not be read from it.
    const loaded = this.#scope.isEmpty ? { ...seed, rows, isCopyable: false } : seed
    return Object.assign(new AgateTable(seed.names, rows), { seed: loaded })
  }

  async #compile(context: NodeContext): Promise<string> {
    const sql = await compileNode(this.#scope, this.#node, context, {
      // An ephemeral model of a batch reads all its rows: the batch is not its own.
      runnerOf: (node) => new NodeRunner(this.#scope, node, { ...this.#run, batch: undefined, addsToRelation: false }),
      write: (node, text) => this.#write('compiled', text, node),
    })
    if (this.#node.resource_type !== 'seed') this.#write('compiled', sql)
    return sql
  }

  async #materialize(context: NodeContext, adapter: Adapter, name?: string): Promise<void> {
    const node = this.#node
    const materialization = findMaterialization(this.#scope.project, context, node, name)
    if (node.resource_type !== 'test')
      await adapter.createSchema(
        nodeRelation(this.#scope.project.relations, node).with({ parts: { identifier: null } }),
      )
    const result = await materialization.jinjaCall([], null)
    for (const relation of materializedRelations(result, node)) adapter.connection.added(relation)
  }

  #write(kind: 'compiled' | 'run', text: string, node = this.#node): string {
    const { targetDir, writesFiles, project } = this.#scope
    if (!writesFiles || node.resource_type === 'sql_operation') return ''
    if (kind === 'compiled') this.#said(node)?.isWritten()
    const batch = node === this.#node ? this.#run.batch : undefined
    const label = batch && batchLabel(batch, batch.size)
    node[kind === 'run' ? 'build_path' : 'compiled_path'] = shownNodeFile(
      project.root.dir,
      targetDir,
      kind,
      node,
      label,
    )
    this.#writes.push(
      writeNodeFile(targetDir, kind, node, text, label).catch((error: Error) =>
        // The file is only for people to read: a full disk there must not fail the node.
        this.#run.onLog?.('warn', `target/${kind} could not be written: ${error.message}`),
      ),
    )
    return ''
  }
}
