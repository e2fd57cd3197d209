import type { ManifestNode } from '../contract.js'
import { cloneNode } from '../execute/materialize/materialize-node.js'
import { runNodes } from '../execute/run-nodes.js'
import { relationThere } from '../execute/session/defer.js'
import { commandResourceTypes } from '../select/index.js'
import type { DbtCommand } from './invocation/invocation.js'
import { selectionOf } from './invocation/selection.js'
import { ResultPrinter } from './output/print-results.js'
import { writeResults } from './output/write-results.js'

/** Makes what another environment has of models, seeds and snapshots seen in this one. */
export const clone: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const started = performance.now()
    const { manifest } = session
    const former = invocation.former.manifest(session.project)
    const selected = selectionOf(invocation, session.project, commandResourceTypes.clone)
    const ids = new Set([...selected].filter((id) => manifest.nodes[id]?.config.materialized !== 'ephemeral'))
    await invocation.prepare(session, ids)
    const printer = new ResultPrinter(invocation, session)
    const results = await runNodes(session, ids, {
      threads: session.target.threads,
      failFast: invocation.flags.failFast,
      signal: invocation.io.signal,
      isOrdered: false,
      // As dbt does it: what is cloned says nothing, what is there already does.
      onEvent: invocation.io.onEvent,
      runNode: async (id, slot, signal) => {
        const node = manifest.nodes[id] as ManifestNode
        const onLog = (level: 'debug' | 'info' | 'warn' | 'error', message: string) =>
          printer.event({ type: 'log', level, message, uniqueId: id })
        const run = { signal, slot, fullRefresh: invocation.flags.fullRefresh, onLog }
        return cloneNode(session.runner(node, run), relationThere(session.project, former, node))
      },
    })
    const elapsedSeconds = (performance.now() - started) / 1000
    writeResults(invocation, session, results, elapsedSeconds)
    return ids.size === 0 ? 0 : printer.summary(results, elapsedSeconds, { tellsCounts: false })
  })
