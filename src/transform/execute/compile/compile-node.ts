import { type MillraceError, toMillraceError } from '../../../base/index.js'
import { PyDict } from '../../../jinja/index.js'
import { executionEnvironment } from '../../context/environments.js'
import type { NodeContext } from '../../context/node-context.js'
import type { Ephemerals, FunctionOverload, ManifestNode } from '../../contract.js'
import { argumentTemplates, argumentValue, spellingsOf } from '../../parse/data-tests/test-arguments.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import { inArgument } from '../../project/written-place.js'
import type { ExecutionScope } from '../scope/execution-scope.js'
import { resolveConstraintTargets } from './constraint-targets.js'
import { ephemeralName } from './references.js'

/** What compiling a node needs of its runner. */
interface Compiler {
  /** A runner for an ephemeral model that becomes part of the node. */
  runnerOf(node: ManifestNode): { withContext<T>(use: (context: NodeContext) => Promise<T>): Promise<T> }
  /** Writes the SQL of an ephemeral model below target/compiled. */
  write(node: ManifestNode, sql: string): void
  /** Those that are known already; what is rendered now is added. */
  readonly ephemerals: Ephemerals
}

/** Renders the node's own SQL; ephemeral models that it names are not in it yet. */
export async function renderNode(
  { firstLines, registry, packages }: ParsedProject,
  node: ManifestNode,
  context: NodeContext,
): Promise<string> {
  // Python code holds no templates.
  if (node.language === 'python' && node.resource_type === 'model') return node.raw_code
  if (node.test_metadata) {
    context.set('_dbt_generic_test_kwargs', await testArguments(node, context, packages))
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
  compiler: Compiler,
): Promise<string> {
  if (node.resource_type === 'seed') return ''
  await resolveConstraintTargets(scope, node, context)
  const own = await renderNode(scope.project, node, context)
  const ctes = await ephemeralCtes(scope, node, compiler)
  const sql = keepCompiled(node, own, ctes)
  if (isEphemeral(node)) compiler.ephemerals.set(node.unique_id, Promise.resolve(withCte(ctes, node, own)))
  for (const overload of overloadsOf(node))
    if (overload.raw_body !== null) {
      const template = { name: node.original_file_path, source: overload.raw_body }
      overload.compiled_body = await executionEnvironment.compile(template).render(context)
    }
  context.set('sql', sql).set('compiled_code', sql)
  return sql
}

/** A generic test's arguments; those that hold Jinja (`ref('x')`) are evaluated now. */
async function testArguments(
  node: ManifestNode,
  context: NodeContext,
  packages: ParsedProject['packages'],
): Promise<PyDict> {
  const kwargs = new PyDict()
  for (const [key, value] of Object.entries(node.test_metadata?.kwargs ?? {})) {
    const found = new Map<string, unknown>()
    for (const source of argumentTemplates(key, value))
      try {
        const template = executionEnvironment.compile({ name: node.original_file_path, source })
        found.set(source, await template.evaluate(context))
      } catch (thrown) {
        throw inArgument(toMillraceError(thrown), spellingsOf(source), node, packages)
      }
    kwargs.set(
      key,
      argumentValue(key, value, (template) => found.get(template)),
    )
  }
  return kwargs
}

/** Keeps in a node what its SQL is with ephemeral models put in front. */
function keepCompiled(node: ManifestNode, own: string, ctes: Ctes): string {
  node.compiled_code = ctes.size === 0 ? own : withCtes(own, [...ctes.values()])
  node.compiled = true
  if (ctes.size > 0) node.extra_ctes = [...ctes].map(([id, sql]) => ({ id, sql }))
  // dbt says so of every compiled node, with and without ephemeral models in it.
  node.extra_ctes_injected = true
  return node.compiled_code
}

type Ctes = ReadonlyMap<string, string>

const isEphemeral = ({ config, resource_type }: ManifestNode) =>
  config.materialized === 'ephemeral' && resource_type === 'model'

/** An ephemeral model, behind those that it is made of. */
const withCte = (ctes: Ctes, model: ManifestNode, sql: string): Ctes =>
  new Map([...ctes, [model.unique_id, ` ${ephemeralName(model)} as (\n${sql}\n)`]])

/** The ephemeral models that a node is made of. They are compiled with it: their own SQL is kept and written too, selected or not. */
async function ephemeralCtes(scope: ExecutionScope, node: ManifestNode, compiler: Compiler): Promise<Ctes> {
  const ctes = new Map<string, string>()
  for (const id of node.depends_on.nodes) {
    const parent = scope.project.manifest.nodes[id]
    if (!parent || !isEphemeral(parent)) continue
    const known = compiler.ephemerals.get(id)
    // One that failed is tried again: its error has become that of the node that it was rendered for.
    let made = await known?.catch(() => undefined)
    if (!made) {
      const making = compiled(scope, parent, compiler)
      compiler.ephemerals.set(id, making)
      made = await making
    }
    for (const [one, cte] of made) ctes.set(one, cte)
  }
  return ctes
}

/** Compiles an ephemeral model for what reads it. */
async function compiled(scope: ExecutionScope, model: ManifestNode, compiler: Compiler): Promise<Ctes> {
  const ctes = await ephemeralCtes(scope, model, compiler)
  const copy = { ...model, config: { ...model.config } }
  const body = await compiler
    .runnerOf(copy)
    .withContext((context) => renderNode(scope.project, copy, context))
    .catch((thrown: unknown) => {
      throw inEphemeral(toMillraceError(thrown), model.unique_id)
    })
  if (scope.writesFiles) compiler.write(model, keepCompiled(model, body, ctes))
  return withCte(ctes, model, body)
}

/** Tells an error which ephemeral model it comes from. The innermost one stays. */
const inEphemeral = (error: MillraceError, id: string) =>
  Object.assign(error, { data: { ephemeral: id, ...error.data } })

const gap = /(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.source
/** The own `with` of a query, and what stands before it. Comments may stand wherever a blank may. */
const ownWith = new RegExp(`^${gap}with\\b(?:${gap}recursive\\b)?\\s*`, 'i')

/** Puts common table expressions in front of a query that may have its own, to the letter as dbt does. */
export function withCtes(sql: string, ctes: readonly string[]): string {
  const list = ctes.join(', ')
  const [start] = ownWith.exec(sql) ?? []
  if (start !== undefined) return `${start}${list}, ${sql.slice(start.length)}`
  const query = sql.trimStart()
  return `${sql.slice(0, sql.length - query.length)}with${list} ${query}`
}
