import { formatLocation } from '../../../base/index.js'
import type { ManifestNode } from '../../contract.js'
import type { RunSession } from '../../execute/open-session.js'
import { compileReading, readLineage } from '../../lineage/index.js'
import { unknownColumnProblems } from '../../lineage/unknown-columns.js'
import type { CommandInvocation } from './invocation.js'

const checked = new Set(['model', 'snapshot', 'test', 'analysis'])

/**
 * Warns of columns that no table in reach has. `isCompiled`: the SQL is known already; else it is compiled for this, which may
 * only read. A warehouse that cannot be asked now is no reason to fail: the command itself will tell.
 */
export async function checkColumns(
  { log, io }: CommandInvocation,
  session: RunSession,
  ids: ReadonlySet<string>,
  { isCompiled }: { readonly isCompiled: boolean },
): Promise<void> {
  const { nodes } = session.manifest
  const lineage = await readLineage(session, {
    signal: io.signal,
    compile: async (node) =>
      isCompiled && ids.has(node.unique_id) && node.compiled_code
        ? { sql: node.compiled_code }
        : compileReading(session, node, session.isFullRefresh),
  }).catch(() => undefined)
  if (!lineage) return
  for (const id of ids) {
    const node: ManifestNode | undefined = nodes[id]
    if (!node || !checked.has(node.resource_type)) continue
    for (const { message, hint, at, frame } of unknownColumnProblems(node, await lineage.of(id), session.project)) {
      const place = at?.line === undefined ? '' : `\n  at ${formatLocation(at)}`
      log.warn('Note', { msg: `${message} ${hint ?? ''}${place}\n${frame ?? ''}`.trimEnd() })
    }
  }
}
