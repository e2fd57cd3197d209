import pg from 'pg'
import { eventually, sleep } from '../support/millrace.js'
import { connected } from './growing-sources.js'
import type { SoakProcesses } from './soak-processes.js'

const restMs = 5 * 60_000
/** What waits in the queue for longer, when nothing more is asked for, is cancelled. */
const patienceMs = 3 * 60_000

/** What is done again until the server takes it. */
const patient = (what: string, work: () => Promise<unknown>) =>
  eventually(
    what,
    () =>
      work().then(
        (answer) => answer ?? true,
        () => false,
      ),
    { withinMs: restMs, everyMs: 500 },
  )

export const withStore = <T>(processes: SoakProcesses, work: (client: pg.Client) => Promise<T>): Promise<T> =>
  connected(new pg.Client({ connectionString: processes.storeUrl().replace(/\?.*/, '') }), work)

/** Nobody is killed any more; what is due happens, and then nothing is. @throws what never comes to rest */
export async function comeToRest(processes: SoakProcesses, say: (text: string) => void): Promise<void> {
  await patient('the store answers', () => withStore(processes, (client) => client.query('select 1')))
  // Conditions and sensors have their say once more.
  await sleep(5_000)
  for (const name of ['each', 'queued', 'toggled', 'load', 'count', 'customers', 'arrivals', 'rows'])
    await patient(`${name} is switched off`, () =>
      processes.call(`/automation/${name}`, { method: 'PUT', body: { isOn: false } }),
    )
  await atRest(processes, 'runs and backfills have ended', patienceMs).catch(async () => {
    // More was asked for than this machine can do.
    say(`after ${patienceMs / 60_000} minutes runs still wait: ${await cancelQueued(processes)} are cancelled`)
    await atRest(processes, 'runs and backfills have ended')
  })
  await patient('the last load is requested', () =>
    processes.call('/materialize', { body: { selection: 'raw/orders+ raw/lines+' } }),
  )
  await atRest(processes, 'the last load has ended')
  await patient('asset_conditions is switched off', () =>
    processes.call('/automation/asset_conditions', { method: 'PUT', body: { isOn: false } }),
  )
  // What is told of runs that ended asks for runs until there are no more.
  await atRest(processes, 'what conditions and sensors asked for has ended')
  await eventually('run workers have ended', async () => (await processes.runWorkers()).length === 0)
}

/** For some seconds nothing is open. */
async function atRest(processes: SoakProcesses, what: string, withinMs = restMs): Promise<void> {
  const open = () =>
    withStore(processes, async (client) => {
      const { rows } = await client.query(
        `select (select count(*) from runs where ended_at is null)::int + (select count(*) from backfills where ended_at is null)::int
           + (select count(*) from webhook_deliveries where tick_id is null)::int as n`,
      )
      return Number(rows[0].n)
    }).catch(() => 1)
  let restingMs = 0
  await eventually(
    what,
    async () => {
      restingMs = (await open()) === 0 ? restingMs + 500 : 0
      return restingMs >= 4_000
    },
    { withinMs, everyMs: 500 },
  )
}

async function cancelQueued(processes: SoakProcesses): Promise<number> {
  for (let count = 0; ; ) {
    const { runs } = await processes.call<{ runs: { id: string }[] }>('/runs?status=queued&limit=500')
    if (runs.length === 0) return count
    for (const { id } of runs) await processes.call(`/runs/${id}/cancel`, { body: {} })
    count += runs.length
  }
}
