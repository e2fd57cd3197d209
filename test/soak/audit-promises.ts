import type pg from 'pg'
import type { Findings } from '../support/audit-store.js'

/** What the server said that it has, it has. */
export async function auditPromises(
  client: pg.Client,
  promised: { readonly runs: ReadonlySet<string>; readonly backfills: ReadonlySet<string> },
): Promise<Findings> {
  const missing = async (table: 'runs' | 'backfills', ids: ReadonlySet<string>) => {
    const { rows } = await client.query<{ id: string }>(`select id from ${table} where id = any($1)`, [[...ids]])
    const found = new Set(rows.map(({ id }) => id))
    return [...ids].filter((id) => !found.has(id))
  }
  return {
    'a run that was promised is there': await missing('runs', promised.runs),
    'a backfill that was promised is there': await missing('backfills', promised.backfills),
    'no session is left in the middle of a transaction': await openTransactions(client),
  }
}

/** Such as of a machine that was cut off. */
async function openTransactions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ what: string }>(
    `select pid || ' ' || state || ': ' || query as what from pg_stat_activity
     where application_name = 'millrace' and pid <> pg_backend_pid() and xact_start < now() - interval '30 seconds'`,
  )
  return rows.map(({ what }) => what)
}
