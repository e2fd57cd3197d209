import type { ManifestNode, NodeResult } from '../contract.js'
import { compileResult } from '../execute/materialize/compile-sql.js'
import type { RunSession } from '../execute/open-session.js'
import { commandResourceTypes } from '../select/index.js'
import { checkColumns } from './invocation/check-columns.js'
import { compileNodes } from './invocation/compile-nodes.js'
import { withInlineNode } from './invocation/inline.js'
import type { CommandInvocation, DbtCommand } from './invocation/invocation.js'
import { selectionOf } from './invocation/selection.js'
import { writeResults } from './output/write-results.js'

/** Writes the SQL of nodes below target/compiled; what was asked for by name is printed too. */
export const compile: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const started = performance.now()
    const { inline } = invocation.flags
    const results =
      inline === undefined ? await selected(invocation, session) : await inlined(invocation, session, inline)
    writeResults(invocation, session, results, (performance.now() - started) / 1000)
    return 0
  })

function inlined(invocation: CommandInvocation, session: RunSession, code: string): Promise<NodeResult[]> {
  return withInlineNode(invocation, session, code, async (node) => {
    const result = await compileResult(session.runner(node, { signal: invocation.io.signal }))
    print(invocation, node)
    return [result]
  })
}

async function selected(invocation: CommandInvocation, session: RunSession): Promise<NodeResult[]> {
  const ids = selectionOf(invocation, session.project, commandResourceTypes.compile)
  const compiled = new Set([...ids].filter((id) => session.node(id) !== undefined))
  await invocation.prepare(session, compiled)
  const results = await compileNodes(invocation, session, compiled)
  if (!invocation.flags.noCheckColumns) await checkColumns(invocation, session, compiled, { isCompiled: true })
  for (const id of compiled) {
    const node = session.node(id)
    if (node && isNamed(node, invocation)) print(invocation, node)
  }
  return results
}

/** Whether the command line says the node's name; what only comes along is not printed. */
export const isNamed = ({ name }: ManifestNode, { flags }: CommandInvocation): boolean =>
  (flags.select ?? []).some((text) => text.includes(name))

function print({ log, flags }: CommandInvocation, node: ManifestNode): void {
  log.fire('CompiledNode', {
    node_name: node.name,
    compiled: node.compiled_code ?? '',
    is_inline: node.resource_type === 'sql_operation',
    output_format: flags.output === 'json' ? 'json' : 'text',
    unique_id: node.unique_id,
    quiet: flags.quiet ?? false,
  })
}
