import type { Ephemerals, ManifestNode, NodeResult } from '../../contract.js'
import { compileResult } from '../../execute/materialize/compile-sql.js'
import type { RunSession } from '../../execute/open-session.js'
import { runNodes } from '../../execute/run-nodes.js'
import type { CommandInvocation } from './invocation.js'

/**
 * Compiles nodes, as many at once as there are threads; what a model reads may be asked of the warehouse by it, so the
 * order is that of the graph. Ephemeral models are compiled and are no result: they are part of what reads them.
 * @throws the first error: what does not compile is no result
 */
export async function compileNodes(
  { io: { signal } }: CommandInvocation,
  session: RunSession,
  ids: ReadonlySet<string>,
): Promise<NodeResult[]> {
  const ephemerals: Ephemerals = new Map()
  const results = await runNodes(session, ids, {
    threads: session.target.threads,
    signal,
    runNode: (id, slot, stop) =>
      compileResult(session.runner(session.node(id) as ManifestNode, { signal: stop, slot, ephemerals })),
  })
  return results.filter(({ unique_id }) => session.node(unique_id)?.config.materialized !== 'ephemeral')
}
