import pg from 'pg'

/** Whether a server is there that takes this password. */
export async function answers(url: string, timeoutMs: number): Promise<boolean> {
  const found = await asked(url, timeoutMs, async (client) => {
    await client.query('select 1')
    return true
  })
  return found ?? false
}

/** Whether anybody else is connected. */
export async function hasOtherClients(url: string): Promise<boolean> {
  const found = await asked(url, 2_000, async (client) => {
    const { rows } = await client.query(
      "select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    )
    return rows[0].n > 0
  })
  return found ?? false
}

/** Undefined where there is no answer. */
async function asked<T>(
  url: string,
  timeoutMs: number,
  ask: (client: pg.Client) => Promise<T>,
): Promise<T | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeoutMs })
  client.on('error', () => {})
  try {
    await client.connect()
    return await ask(client)
  } catch {
    return undefined
  } finally {
    await client.end().catch(() => {})
  }
}
