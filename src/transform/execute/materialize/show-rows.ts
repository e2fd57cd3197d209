import { toMillraceError } from '../../../base/index.js'
import { type JinjaCallable, str } from '../../../jinja/index.js'
import { AgateTable } from '../../adapter/table.js'
import type { NodeResult } from '../../contract.js'
import type { NodeRunner } from '../node/node-runner.js'
import { loadSeed } from '../node/seed-file.js'
import { resultOfCompiling } from '../results/node-result.js'
import { inlineQuery, takesLimit, withHintOfLimit } from '../results/shown-query.js'
import { asked, compileIn } from './compile-sql.js'

/** The first rows that the node's query gives; those of a seed stand in its file. @throws what does not run */
export async function showRows(
  runner: NodeRunner,
  limit: number | null,
): Promise<{ result: NodeResult; table: AgateTable }> {
  const { node, run } = runner
  let table = new AgateTable([], [])
  const result = await resultOfCompiling(node, run.slot, async () => {
    table = node.resource_type === 'seed' ? seedRows(runner, limit) : await queryRows(runner, limit)
  })
  return { result, table }
}

function seedRows({ scope, node, run }: NodeRunner, limit: number | null): AgateTable {
  const rows = loadSeed(scope, node, run.onLog)
  return limit === null ? rows : rows.first(limit)
}

async function queryRows(runner: NodeRunner, limit: number | null): Promise<AgateTable> {
  const { node, scope } = runner
  const { warehouse } = scope
  try {
    return await asked(runner, async (context, adapter) => {
      const own = await compileIn(runner, context)
      const compiled = node.resource_type === 'sql_operation' ? inlineQuery(own, warehouse) : own
      const isLimited = limit !== null && takesLimit(compiled, warehouse)
      // A block of the model's may have set it just now.
      const config = context.get('config') as { jinjaAttribute(name: string): JinjaCallable }
      const header = config.jinjaAttribute('get').jinjaCall(['sql_header'], null)
      const sql = str(await adapter.runMacro('get_show_sql', compiled, header, isLimited ? limit : null))
      node.compiled_code = sql
      const table = AgateTable.fromResult(await adapter.connection.execute(sql, false))
      return limit === null ? table : table.first(limit)
    })
  } catch (thrown) {
    throw withHintOfLimit(toMillraceError(thrown), limit)
  }
}
