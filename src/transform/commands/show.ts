import { type QueryResult, withConnection } from '../../warehouse/index.js'
import { AgateTable } from '../adapter/table.js'
import type { ManifestNode } from '../contract.js'
import { transformErrors } from '../errors.js'
import { locatedError } from '../execute/located-error.js'
import type { RunSession } from '../execute/open-session.js'
import { inlineNode } from './inline-node.js'
import type { CommandInvocation, DbtCommand } from './invocation.js'

/** Prints the first rows that nodes, or SQL from the command line, would give. */
export const show: DbtCommand = (invocation) =>
  invocation.withSession(async (session) => {
    const { inline, output } = invocation.flags
    const nodes = shown(invocation, session)
    await invocation.prepare(session, new Set(nodes.map(({ unique_id }) => unique_id)))
    for (const node of nodes) {
      const result = await firstRows(invocation, session, node)
      if (output === 'json') invocation.io.stdout(asJson(node.name, result))
      else {
        invocation.info(inline === undefined ? `Previewing node '${node.name}':` : 'Previewing inline node:')
        invocation.io.stdout(AgateTable.fromResult(result).print())
      }
    }
    return 0
  })

/** @throws TRANSFORM_COMMAND */
function shown(invocation: CommandInvocation, { project, manifest }: RunSession): ManifestNode[] {
  const { inline, select, selector } = invocation.flags
  if (inline !== undefined) return [inlineNode(project, inline)]
  if (select === undefined && selector === undefined)
    throw transformErrors.create('TRANSFORM_COMMAND', {
      message: 'Either --select or --inline must be passed to show.',
      hint: 'Name a model with --select, or give SQL with --inline.',
    })
  // Tests come along with the models that they test; they are shown only when that is all there is.
  const nodes = [...invocation.select(project, ['model', 'seed', 'snapshot', 'test', 'analysis'])].flatMap(
    (id) => manifest.nodes[id] ?? [],
  )
  const others = nodes.filter((node) => node.resource_type !== 'test')
  return others.length > 0 ? others : nodes
}

async function firstRows(
  { flags, io: { signal } }: CommandInvocation,
  session: RunSession,
  node: ManifestNode,
): Promise<QueryResult> {
  const { limit = 5 } = flags
  const sql =
    node.resource_type === 'seed'
      ? `select * from ${node.relation_name}`
      : await session.runner(node, { signal }).compileOnly()
  try {
    return await withConnection(
      session.warehouse,
      (connection) => connection.query(sql, { signal, ...(limit < 0 ? {} : { limit }) }),
      { signal },
    )
  } catch (thrown) {
    throw locatedError(thrown, node, sql)
  }
}

function asJson(node: string, { columns, rows }: QueryResult): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])))
  return JSON.stringify({ node, show: objects }, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}
