import { AgateTable } from '../adapter/table.js'
import type { Ephemerals, ManifestNode, NodeResult } from '../contract.js'
import { transformErrors } from '../errors.js'
import { inlineNode } from '../execute/compile/inline-node.js'
import { showRows } from '../execute/materialize/show-rows.js'
import type { RunSession } from '../execute/open-session.js'
import { runNodes } from '../execute/run-nodes.js'
import type { RunnerOptions } from '../execute/scope/runner-options.js'
import { commandResourceTypes } from '../select/index.js'
import { isNamed } from './compile.js'
import { withInlineNode } from './invocation/inline.js'
import type { CommandInvocation, DbtCommand } from './invocation/invocation.js'
import { selectionOf } from './invocation/selection.js'
import { writeResults } from './output/write-results.js'

interface Shown {
  readonly result: NodeResult
  readonly table: AgateTable
}

/** Rows that are shown unless --limit says how many. */
const defaultLimit = 5

/** Prints the first rows that nodes, or SQL from the command line, would give. */
export const show: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const started = performance.now()
    const { inlineDirect, select, selector } = invocation.flags
    const inline = invocation.flags.inline || undefined
    if (inlineDirect !== undefined) return direct(invocation, session, inlineDirect)
    if (inline === undefined && select === undefined && selector === undefined)
      throw transformErrors.create('TRANSFORM_COMMAND', {
        message: 'Either --select or --inline must be passed to show.',
        hint: 'Name a model with --select, or give SQL with --inline.',
      })
    invocation.args = { limit: invocation.flags.limit ?? defaultLimit }
    const results =
      inline === undefined ? await selected(invocation, session) : await inlined(invocation, session, inline)
    writeResults(invocation, session, results, (performance.now() - started) / 1000)
    return 0
  })

function inlined(invocation: CommandInvocation, session: RunSession, code: string): Promise<NodeResult[]> {
  return withInlineNode(invocation, session, code, async (node) => {
    const shown = await firstRows(invocation, session, node, { signal: invocation.io.signal })
    print(invocation, node, shown.table)
    return [shown.result]
  })
}

/** `--inline-direct`: SQL that goes to the warehouse as it is, no template and no macro between. */
async function direct(invocation: CommandInvocation, session: RunSession, sql: string): Promise<number> {
  const node = { ...inlineNode(session.project, sql), unique_id: 'direct-query', name: 'direct-query' }
  const runner = session.runner(node, { signal: invocation.io.signal })
  const table = await runner.withContext(async (_, { connection }) =>
    AgateTable.fromResult(await connection.execute(sql, false)),
  )
  const { limit = defaultLimit } = invocation.flags
  print(invocation, node, limit < 0 ? table : table.first(limit))
  return 0
}

async function selected(invocation: CommandInvocation, session: RunSession): Promise<NodeResult[]> {
  const { nodes, functions } = session.manifest
  const chosen = selectionOf(invocation, session.project, commandResourceTypes.compile)
  const ids = new Set([...chosen].filter((id) => id in nodes && !(id in functions) && !id.startsWith('operation.')))
  await invocation.prepare(session, ids)
  const tables = new Map<string, AgateTable>()
  const ephemerals: Ephemerals = new Map()
  const results = await runNodes(session, ids, {
    threads: session.target.threads,
    signal: invocation.io.signal,
    runNode: async (id, slot, signal) => {
      const { result, table } = await firstRows(invocation, session, nodes[id] as ManifestNode, {
        signal,
        slot,
        ephemerals,
      })
      tables.set(id, table)
      return result
    },
  })
  // In the order in which they were chosen, whichever was there first.
  const previewed = [...ids].flatMap((id) => {
    const [node, table] = [nodes[id], tables.get(id)]
    return node && table ? [{ node, table }] : []
  })
  // Of `orders+`, dbt shows `orders`. Where no name was typed (`mart_*`, `tag:nightly`) it shows nothing, which helps nobody.
  const named = previewed.filter(({ node }) => isNamed(node, invocation))
  for (const { node, table } of named.length > 0 ? named : previewed) print(invocation, node, table)
  return results
}

async function firstRows(
  { flags }: CommandInvocation,
  session: RunSession,
  node: ManifestNode,
  run: RunnerOptions,
): Promise<Shown> {
  const { limit = defaultLimit } = flags
  return showRows(session.runner(node, run), limit < 0 ? null : limit)
}

function print({ log, flags }: CommandInvocation, node: ManifestNode, table: AgateTable): void {
  const isJson = flags.output === 'json'
  log.fire('ShowNode', {
    node_name: node.version == null ? node.name : `${node.name}.v${node.version}`,
    preview: isJson ? table.toJson() : table.print(),
    is_inline: node.resource_type === 'sql_operation',
    output_format: isJson ? 'json' : 'text',
    unique_id: node.unique_id,
    quiet: flags.quiet ?? false,
  })
}
