import type { NodeContext } from '../../context/node-context.js'
import type { Ephemerals, NodeResult } from '../../contract.js'
import { withSubject } from '../../log/error-text.js'
import { compileNode } from '../compile/compile-node.js'
import { NodeRunner, type NodeWork } from '../node/node-runner.js'
import { resultOfCompiling } from '../results/node-result.js'

/** Compiles a node in its context, and writes what comes out below target/compiled. */
export async function compileIn({ scope, node, run, files }: NodeRunner, context: NodeContext): Promise<string> {
  const { signal, slot, onLog, fullRefresh, vars, inputWindow } = run
  const isAlone = vars !== undefined || inputWindow !== undefined
  const ephemerals: Ephemerals = (isAlone ? undefined : run.ephemerals) ?? new Map()
  const sql = await compileNode(scope, node, context, {
    // Nothing that is the reader's own, its batch say: an ephemeral model is the same for all that read it in a run. One that is asked for
    // by other vars, or for some rows, is rendered for its reader alone.
    runnerOf: (part) => new NodeRunner(scope, part, { signal, slot, onLog, fullRefresh, vars, inputWindow }),
    write: (part, text) => files.write('compiled', part, text),
    ephemerals,
  })
  if (node.resource_type !== 'seed') files.write('compiled', node, sql, run.batch)
  return sql
}

/** Only the SQL, with ephemeral models put in; introspective queries may run. @throws what does not compile */
export const compileSql = (runner: NodeRunner): Promise<string> =>
  asked(runner, (context) => compileIn(runner, context))

/** Compiles the node and says so as a result. @throws what does not compile */
export const compileResult = (runner: NodeRunner): Promise<NodeResult> =>
  resultOfCompiling(runner.node, runner.run.slot, () => compileSql(runner))

/** What somebody asks of a node without running it. @throws what goes wrong, which ends the command and says whose it is */
export async function asked<T>(runner: NodeRunner, work: NodeWork<T>): Promise<T> {
  try {
    return await runner.withContext(work)
  } catch (thrown) {
    const error = runner.located(thrown)
    // SQL of the command line is nobody's.
    throw runner.node.resource_type === 'sql_operation' ? error : withSubject(error, runner.node)
  }
}
