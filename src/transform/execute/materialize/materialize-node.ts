import type { Adapter } from '../../adapter/adapter.js'
import { nodeRelation } from '../../adapter/node-relation.js'
import type { Relation } from '../../adapter/relation.js'
import type { NodeContext } from '../../context/node-context.js'
import type { ManifestMacro, NodeResult } from '../../contract.js'
import type { NodeRunner } from '../node/node-runner.js'
import { resultMessage } from '../results/located-error.js'
import { materializedRelations } from '../results/materialized-relations.js'
import { emptyResult, sqlOf, threadName, timed } from '../results/node-result.js'
import { outcomeOf } from '../results/outcome.js'
import { compileIn } from './compile-sql.js'
import { boundMaterialization, cloneMaterialization, materializationOf } from './find-materialization.js'

/** Compiles a node and makes of it what its materialization says. Never throws: a failure is a result. */
export function materializeNode(runner: NodeRunner): Promise<NodeResult> {
  const { node, results, scope, said } = runner
  return resultOf(runner, async (context, adapter, onCompiled) => {
    said?.isCompiling()
    await compileIn(runner, context)
    onCompiled()
    said?.isExecuting()
    await materialize(runner, context, adapter, materializationOf(scope.project, node))
    return outcomeOf(node, results, scope.isWarnError)
  })
}

/** Makes the relation of another environment to be seen in this one. Never throws: a failure is a result. */
export function cloneNode(runner: NodeRunner, other: Relation | undefined): Promise<NodeResult> {
  return resultOf(runner, async (context, adapter) => {
    context.set('defer_relation', other ?? null)
    const sql = other ? `select * from ${other.render()}` : ''
    context.set('sql', sql).set('compiled_code', sql)
    const { node, results, scope } = runner
    await materialize(runner, context, adapter, cloneMaterialization(scope.project, node))
    return { message: results.get('main')?.response.message ?? 'No-op' }
  })
}

async function resultOf(
  runner: NodeRunner,
  work: (context: NodeContext, adapter: Adapter, onCompiled: () => void) => Promise<Partial<NodeResult>>,
): Promise<NodeResult> {
  const { node, run, said } = runner
  const result = emptyResult(node.unique_id, threadName(run.slot))
  const started = new Date()
  let compiled = started
  const onCompiled = () => {
    compiled = new Date()
  }
  try {
    Object.assign(result, await runner.withContextRepeated((context, adapter) => work(context, adapter, onCompiled)))
  } catch (thrown) {
    const failed = failure(runner, thrown)
    said?.hasFailed(failed.message)
    Object.assign(result, failed)
  }
  return Object.assign(result, timed(started, compiled, new Date()), sqlOf(node))
}

/** What a node's result says of an error. */
export function failure(runner: NodeRunner, thrown: unknown) {
  const error = runner.located(thrown)
  const message = resultMessage(error, runner.node, runner.scope.project.target.type)
  return { status: 'error', message, error: error.toJSON() } as const
}

async function materialize(
  { scope, node }: NodeRunner,
  context: NodeContext,
  adapter: Adapter,
  materialization: ManifestMacro,
): Promise<void> {
  if (node.resource_type !== 'test')
    await adapter.createSchema(nodeRelation(scope.project.relations, node).with({ parts: { identifier: null } }))
  const result = await boundMaterialization(context, materialization).jinjaCall([], null)
  for (const relation of materializedRelations(result, node)) adapter.connection.added(relation)
}
