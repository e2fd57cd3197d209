import type { Findings } from '../support/audit-store.js'
import { withClient } from './growing-sources.js'
import type { Server } from './soak-files.js'

/** The rows of the warehouse, held against those of the source and against what was to become of them. */
export async function auditWarehouse(
  source: Server,
  warehouse: Server,
  lines: number,
): Promise<{ readonly findings: Findings; readonly rows: number }> {
  const read = async (server: Server, sql: string) =>
    withClient(server, async (client) => (await client.query(sql)).rows.map((row) => JSON.stringify(row)))
  const wanted = await read(source, 'select id::int, customer::int, amount::int, changed::int from orders order by id')
  const found = await read(
    warehouse,
    'select id::int, customer::int, amount::int, changed::int from raw.orders order by id',
  )
  const texts = await read(warehouse, 'select id::int from raw.lines order by id')
  const kept = await read(warehouse, 'select id::int from main.kept_lines order by id')
  const allLines = Array.from({ length: lines }, (_, i) => JSON.stringify({ id: i + 1 }))
  const totals = await read(
    warehouse,
    `select customer from (select customer, count(*) as orders, sum(amount) as amount from raw.orders group by customer) a
     full join main.totals b using (customer) where a.orders is distinct from b.orders or a.amount is distinct from b.amount`,
  )
  return {
    rows: found.length + texts.length,
    findings: {
      'orders are those of the source': differences(found, wanted),
      'lines are those of the files': differences(texts, allLines),
      'the incremental model has every line': differences(kept, allLines),
      'the model over orders is theirs': totals,
    },
  }
}

function differences(found: readonly string[], wanted: readonly string[]): string[] {
  const [there, due] = [new Set(found), new Set(wanted)]
  return [
    ...(there.size === found.length ? [] : [`${found.length - there.size} rows are there twice`]),
    ...found.filter((row) => !due.has(row)).map((row) => `only in the warehouse: ${row}`),
    ...wanted.filter((row) => !there.has(row)).map((row) => `only in the source: ${row}`),
  ]
}
