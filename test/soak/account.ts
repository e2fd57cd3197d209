import type pg from 'pg'
import { auditStore, type Findings, missedInstants, sensorFindings } from '../support/audit-store.js'
import { auditDeliveries } from './audit-deliveries.js'
import { auditFailures } from './audit-failures.js'
import { auditLedger } from './audit-ledger.js'
import { auditPromises } from './audit-promises.js'
import { auditTakeovers } from './audit-takeovers.js'
import { auditTold } from './audit-told.js'
import { auditWarehouse } from './audit-warehouse.js'
import type { Deliveries } from './deliveries.js'
import type { GrowingSources } from './growing-sources.js'
import type { Killing } from './killing.js'
import { countKeys, type Server } from './soak-files.js'
import type { Using } from './using.js'

/** Everything that was done, and where it left its traces. */
export interface Done {
  readonly dir: string
  readonly source: Server
  readonly warehouse: Server
  readonly sources: GrowingSources
  readonly killing: Killing
  readonly using: Using
  readonly deliveries: Deliveries
}

export interface Account {
  readonly findings: Findings
  readonly facts: Readonly<Record<string, unknown>>
}

/** Of every tick, run, delivery, event and row: what is off, and how many there are. */
export async function account(client: pg.Client, done: Done): Promise<Account> {
  const ledger = await auditLedger(client, done.dir, done.killing.frozen)
  const rows = await auditWarehouse(done.source, done.warehouse, done.sources.lines)
  const takeovers = await auditTakeovers(client)
  return {
    findings: {
      ...(await auditStore(client)),
      'a schedule that catches up has a tick for every instant': await missedInstants(client, 'each', '*/5 * * * * *'),
      'the cursor of a sensor is what its ticks asked for': await sensorFindings(client, 'count', countKeys),
      ...(await auditTold(client)),
      ...(await auditDeliveries(client, done.deliveries.sent)),
      ...(await auditPromises(client, done.using.promised)),
      ...(await auditFailures(client, done.using.broken)),
      ...takeovers.findings,
      ...ledger.findings,
      ...rows.findings,
      'what is asked to end, ends': done.killing.late,
    },
    facts: {
      ...(await countsOf(client)),
      'takeovers after a lost worker': takeovers.takeovers,
      'webhook keys sent': done.deliveries.sent.length,
      'of these never answered with success': done.deliveries.sent.filter(({ answers }) => answers.length === 0).length,
      'executions of user code': ledger.executions,
      'of these again, after a kill or for another attempt': ledger.again,
      'rows in the warehouse': rows.rows,
    },
  }
}

async function countsOf(client: pg.Client): Promise<Readonly<Record<string, unknown>>> {
  const { rows } = await client.query(
    `select (select count(*) from runs)::int as runs, (select count(*) from runs where attempt > 1)::int as "runs taken up again",
       (select count(*) from runs where error->>'code' = 'RUN_LOST')::int as "runs given up",
       (select count(distinct run_id) from events where type = 'run_launched')::int as "runs launched",
       (select jsonb_object_agg(status, n) from (select status, count(*) as n from runs group by 1) s) as "runs by status",
       (select count(*) from ticks)::int as ticks, (select count(*) from events)::int as events,
       (select count(*) from events where type = 'asset_materialized')::int as materializations,
       (select count(*) from webhook_deliveries)::int as deliveries,
       (select count(*) from backfills)::int as backfills, (select count(*) from asset_partitions)::int as partitions`,
  )
  return rows[0]
}
