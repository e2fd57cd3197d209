import type { PoolClient } from 'pg'
import type { DynamicPartitionChanges, NewRunEvent, PartitionStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { toPartitionState } from './rows.js'

/**
 * Brings what is known of partitions up to date with events that are being written. Answers the events as they are to be told: one whose
 * partitions all have the data version that they had says that they are unchanged.
 */
export async function updatePartitions(
  client: PoolClient,
  runId: string,
  events: readonly NewRunEvent[],
): Promise<readonly NewRunEvent[]> {
  const told = [...events]
  for (const [i, event] of events.entries()) {
    const { type, asset, partitionKeys = [], metadata } = event
    // What was cleared holds nothing of any partition.
    if (type === 'asset_materialized' && metadata?.cleared === true) {
      await client.query('delete from asset_partitions where asset = $1', [asset])
      await client.query('delete from bad_check_partitions where asset = $1', [asset])
    }
    if (type === 'check_evaluated' && partitionKeys.length > 0) await updateChecked(client, runId, event, partitionKeys)
    const column = type === 'asset_materialized' ? 'made_at' : type === 'asset_failed' ? 'failed_at' : undefined
    if (column === undefined || partitionKeys.length === 0) continue
    const version = dataVersionOf(event)
    if (version !== undefined && (await haveVersion(client, { asset, keys: partitionKeys, version })))
      told[i] = { ...event, metadata: { ...metadata, unchanged: true } }
    const isMade = type === 'asset_materialized'
    await client.query(
      `insert into asset_partitions (asset, key, ${column}, run_id, data_version) select $1, key, clock_timestamp(), $3, $4 from unnest($2::text[]) as t (key)
       on conflict (asset, key) do update set ${column} = excluded.${column}, run_id = excluded.run_id${isMade ? ', data_version = excluded.data_version' : ''}`,
      [asset, [...partitionKeys], runId, version ?? null],
    )
  }
  return told
}

const dataVersionOf = ({ type, metadata }: NewRunEvent): string | undefined =>
  type === 'asset_materialized' && typeof metadata?.data_version === 'string' ? metadata.data_version : undefined

async function haveVersion(
  client: PoolClient,
  of: { readonly asset: string | undefined; readonly keys: readonly string[]; readonly version: string },
): Promise<boolean> {
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::int as count from asset_partitions where asset = $1 and key = any($2) and data_version = $3',
    [of.asset, [...of.keys], of.version],
  )
  return rows[0]?.count === new Set(of.keys).size
}

/** Of which partitions a check found something the last time that it was asked of them. */
async function updateChecked(
  client: PoolClient,
  runId: string,
  { asset, check, level }: NewRunEvent,
  keys: readonly string[],
): Promise<void> {
  if (level === 'info')
    await client.query('delete from bad_check_partitions where asset = $1 and name = $2 and key = any($3)', [
      asset,
      check,
      [...keys],
    ])
  else
    await client.query(
      `insert into bad_check_partitions (asset, name, key, severity, run_id) select $1, $2, key, $4, $5 from unnest($3::text[]) as t (key)
       on conflict (asset, name, key) do update set severity = excluded.severity, run_id = excluded.run_id`,
      [asset, check, [...keys], level, runId],
    )
}

/** Adds and removes keys within somebody's transaction. */
export async function changeDynamicPartitions(
  database: Database,
  client: PoolClient,
  changes: DynamicPartitionChanges,
): Promise<void> {
  for (const [name, { add, remove }] of Object.entries(changes)) {
    await client.query('delete from dynamic_partitions where name = $1 and key = any($2)', [name, [...remove]])
    await client.query(
      `insert into dynamic_partitions (name, key) select $1, key from unnest($2::text[]) with ordinality as t (key, n) order by n
       on conflict do nothing`,
      [name, [...add]],
    )
  }
  await database.notify(client, { type: 'definitions' })
}

export function partitionQueries(database: Database): PartitionStore {
  return {
    async badPartitions() {
      const rows = await database.rows(
        'select asset, json_agg(distinct key) as keys from bad_check_partitions group by asset',
      )
      return rows.map((row) => ({ asset: String(row.asset), keys: row.keys as string[] }))
    },

    async forgetBadPartitions(asset, keys) {
      await database.rows('delete from bad_check_partitions where asset = $1 and key = any($2)', [asset, [...keys]])
    },

    async partitionStates(asset) {
      // One value for each kind: a hundred thousand rows take the driver longer than the database.
      const [row] = await database.rows(
        `select coalesce(json_agg(key) filter (where not is_bad), '[]') as made, coalesce(json_agg(key) filter (where is_bad), '[]') as failed,
           coalesce(json_agg(key) filter (where is_bad and made_at is not null), '[]') as failed_since
         from (select key, made_at, failed_at is not null and (made_at is null or failed_at >= made_at) as is_bad from asset_partitions where asset = $1) p`,
        [asset],
      )
      return {
        made: row?.made as string[],
        failed: row?.failed as string[],
        failedSinceMade: row?.failed_since as string[],
      }
    },
    async partitionState(asset, key) {
      const [row] = await database.rows('select * from asset_partitions where asset = $1 and key = $2', [asset, key])
      return row && toPartitionState(row)
    },
    async lastFailedPartitions(assets) {
      const rows = await database.rows(
        `select distinct on (asset) asset, failed_at, run_id from asset_partitions
         where asset = any($1) and failed_at is not null and (made_at is null or failed_at >= made_at) order by asset, failed_at desc`,
        [[...assets]],
      )
      return new Map(
        rows.map((row) => [
          String(row.asset),
          { at: (row.failed_at as Date).toISOString(), runId: String(row.run_id) },
        ]),
      )
    },

    async dynamicPartitions(names) {
      const rows = await database.rows(
        `select name, json_agg(key order by position) as keys from dynamic_partitions
         where $1::text[] is null or name = any($1) group by name`,
        [names ? [...names] : null],
      )
      return new Map(rows.map((row) => [String(row.name), row.keys as string[]]))
    },
    addDynamicPartitions: (name, keys) =>
      database.transaction((client) =>
        changeDynamicPartitions(database, client, { [name]: { add: keys, remove: [] } }),
      ),
    removeDynamicPartitions: (name, keys) =>
      database.transaction((client) =>
        changeDynamicPartitions(database, client, { [name]: { add: [], remove: keys } }),
      ),
  }
}
