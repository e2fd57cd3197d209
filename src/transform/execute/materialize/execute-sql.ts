import { engineOf } from '../../adapter/engines/index.js'
import type { NodeContext } from '../../context/node-context.js'
import type { NodeRunner } from '../node/node-runner.js'
import { compileIn } from './compile-sql.js'

interface ExecuteOptions {
  /** What its template sees besides. */
  readonly prepare?: (context: NodeContext) => void
  readonly onCompiled?: () => void
}

/** Runs a node's compiled SQL as one statement: hooks, operations. Answers the adapter's response. */
export function executeSql(runner: NodeRunner, options: ExecuteOptions = {}): Promise<Record<string, unknown>> {
  const { response } = engineOf(runner.scope.project.target.type)
  return runner.withContextRepeated(async (context, { connection }) => {
    connection.clearTransaction()
    options.prepare?.(context)
    const sql = await compileIn(runner, context)
    options.onCompiled?.()
    return sql.trim() === '' ? {} : response(await connection.execute(sql, false)).toRecord()
  })
}
