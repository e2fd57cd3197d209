import { type MillraceError, toMillraceError } from '../../../base/index.js'
import { PyDict } from '../../../jinja/index.js'
import type { NodeContext } from '../../context/node-context.js'
import type { FunctionOverload, ManifestNode } from '../../contract.js'
import { argumentTemplates, argumentValue } from '../../parse/data-tests/test-arguments.js'
import { executionEnvironment, type ParsedProject } from '../../parse/parse-project.js'
import type { ExecutionScope } from '../scope/execution-scope.js'
import { resolveConstraintTargets } from './constraint-targets.js'

interface Compiler {
  withContext<T>(use: (context: NodeContext) => Promise<T>): Promise<T>
  /** Writes the node's compiled SQL for people to look at. */
  writeCompiled(sql: string): Promise<void>
}

/** Renders the node's own SQL; ephemeral models that it names are not in it yet. */
export async function renderNode(
  { firstLines, registry }: ParsedProject,
  node: ManifestNode,
  context: NodeContext,
): Promise<string> {
  if (node.test_metadata) {
    context.set('_dbt_generic_test_kwargs', await testArguments(node, context))
    // What wraps the tested relation is seen now: some tests are parsed without being run.
    const { macros } = node.depends_on
    const wrap = registry.find('get_where_subquery', node.package_name)
    if (wrap && !macros.includes(wrap.unique_id)) macros.push(wrap.unique_id)
  }
  const template = {
    name: node.original_file_path,
    source: node.raw_code,
    lineOffset: (firstLines.get(node.unique_id) ?? 1) - 1,
  }
  return executionEnvironment.compile(template).render(context)
}

/** A function's bodies for other arguments. */
export const overloadsOf = (node: ManifestNode): readonly FunctionOverload[] =>
  (node.overloads as readonly FunctionOverload[] | undefined) ?? []

/** Compiles a node, keeps the SQL in it and shows it to the materialization. */
export async function compileNode(
  scope: ExecutionScope,
  node: ManifestNode,
  context: NodeContext,
  runnerOf: (node: ManifestNode) => Compiler,
): Promise<string> {
  if (node.resource_type === 'seed') return ''
  await resolveConstraintTargets(scope, node, context)
  const sql = await withEphemerals(scope, node, await renderNode(scope.project, node, context), runnerOf)
  for (const overload of overloadsOf(node))
    if (overload.raw_body !== null) {
      const template = { name: node.original_file_path, source: overload.raw_body }
      overload.compiled_body = await executionEnvironment.compile(template).render(context)
    }
  context.set('sql', sql).set('compiled_code', sql)
  return sql
}

/** A generic test's arguments; those that hold Jinja (`ref('x')`) are evaluated now. */
async function testArguments(node: ManifestNode, context: NodeContext): Promise<PyDict> {
  const kwargs = new PyDict()
  for (const [key, value] of Object.entries(node.test_metadata?.kwargs ?? {})) {
    const found = new Map<string, unknown>()
    for (const source of argumentTemplates(key, value))
      found.set(source, await executionEnvironment.compile({ name: node.original_file_path, source }).evaluate(context))
    kwargs.set(
      key,
      argumentValue(key, value, (template) => found.get(template)),
    )
  }
  return kwargs
}

interface Ephemeral {
  /** What refers to it has in front of its SQL. */
  readonly cte: string
  /** Those of the ephemeral models that it names itself, the deepest first. */
  readonly inner: ReadonlyMap<string, string>
}

/**
 * Ephemeral models that the SQL names become common table expressions in front of it, the deepest first. They are compiled
 * with what names them, whether they are selected or not: their own files and the manifest show it.
 */
async function withEphemerals(
  { project, writesFiles }: ExecutionScope,
  node: ManifestNode,
  sql: string,
  runnerOf: (node: ManifestNode) => Compiler,
): Promise<string> {
  const known = new Map<string, Ephemeral>()
  const ctesOf = async (of: ManifestNode): Promise<Map<string, string>> => {
    const ctes = new Map<string, string>()
    for (const id of of.depends_on.nodes) {
      const parent = project.manifest.nodes[id]
      if (parent?.config.materialized !== 'ephemeral' || parent.resource_type !== 'model' || ctes.has(id)) continue
      const ephemeral = known.get(id) ?? (await compileEphemeral(parent))
      known.set(id, ephemeral)
      for (const [inner, cte] of ephemeral.inner) ctes.set(inner, cte)
      ctes.set(id, ephemeral.cte)
    }
    return ctes
  }
  const compileEphemeral = async (model: ManifestNode): Promise<Ephemeral> => {
    const inner = await ctesOf(model)
    // Several nodes that name it may be compiled at once, each with a context that changes the node.
    const copy: ManifestNode = { ...model, config: { ...model.config } }
    const runner = runnerOf(copy)
    const body = await runner
      .withContext((context) => renderNode(project, copy, context))
      .catch((thrown: unknown) => {
        throw inEphemeral(toMillraceError(thrown), model.unique_id)
      })
    keepCompiled(copy, body, inner)
    // Who only reads leaves the manifest as it is.
    if (writesFiles) {
      await runner.writeCompiled(copy.compiled_code as string)
      const { compiled, compiled_code, compiled_path, extra_ctes, extra_ctes_injected } = copy
      Object.assign(model, { compiled, compiled_code, compiled_path, extra_ctes, extra_ctes_injected })
    }
    return { cte: ` __dbt__cte__${model.name} as (\n${body}\n)`, inner }
  }
  const ctes = await ctesOf(node)
  return keepCompiled(node, sql, ctes)
}

/** Notes a node's SQL with its common table expressions in front. */
function keepCompiled(node: ManifestNode, sql: string, ctes: ReadonlyMap<string, string>): string {
  const whole = ctes.size === 0 ? sql : withCtes(sql, [...ctes.values()])
  node.compiled = true
  node.compiled_code = whole
  node.extra_ctes = [...ctes].map(([id, cte]) => ({ id, sql: cte }))
  // dbt says so of every compiled node, with and without ephemeral models in it.
  node.extra_ctes_injected = true
  return whole
}

/** Tells an error which ephemeral model it comes from. The innermost one stays. */
const inEphemeral = (error: MillraceError, id: string) =>
  Object.assign(error, { data: { ephemeral: id, ...error.data } })

/** Comments that may stand before the first word of a query. */
const leadingComments = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/

/** Puts common table expressions in front of a query that may have its own. */
export function withCtes(sql: string, ctes: readonly string[]): string {
  const start = leadingComments.exec(sql)?.[0].length ?? 0
  const own = /^with(\s+recursive)?\s+/i.exec(sql.slice(start))
  const before = sql.slice(0, start)
  const list = ctes.join(',')
  return own
    ? `${before}with${own[1] === undefined ? '' : `${own[1]} `}${list}, ${sql.slice(start + own[0].length)}`
    : `with${list}\n${sql}`
}
