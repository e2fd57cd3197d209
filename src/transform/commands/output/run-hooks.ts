import type { HookTime, NodeResult, RunHooksOptions } from '../../contract.js'
import type { RunSession } from '../../execute/open-session.js'
import { hookNodes, runHookNodes } from '../../execute/session/hooks.js'
import type { ResultPrinter } from './print-results.js'

/** The project's hooks, with an empty line between them and the nodes. */
export async function runHooks(
  session: RunSession,
  when: HookTime,
  printer: ResultPrinter,
  options: RunHooksOptions,
): Promise<NodeResult[]> {
  const hasHooks = hookNodes(session, when).length > 0
  if (hasHooks && when === 'on-run-end') printer.gap()
  const results = await runHookNodes(session, when, { ...options, onEvent: (event) => printer.event(event) })
  if (hasHooks && when === 'on-run-start') printer.gap()
  return results
}
