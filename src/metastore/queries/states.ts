import type { AssetKey, EventType, StateStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { optional, toAssetState, toCheckState } from './rows.js'
import { isHeldRun } from './run-status.js'

/** What changes the latest states: they are written together with these. */
const eventTypes: readonly EventType[] = ['asset_materialized', 'asset_failed', 'check_evaluated']

const shortAssetState = `key, last_materialized_at, last_run_id, last_metadata - '{compiled_sql,columns}'::text[] as last_metadata, last_code_version,
  last_data_version, last_began_at, last_changed_at, last_failed_at, last_error, last_made_run_id, last_changed_run_id`
const shortCheckState = 's.asset, s.name, s.passed, s.severity, s.at, s.run_id, s.partitions, s.message'

export function stateQueries(database: Database): StateStore {
  const assetStates = async (keys?: readonly AssetKey[], columns = '*') =>
    (
      await database.rows(`select ${columns} from asset_states where $1::text[] is null or key = any($1)`, [
        keys ? [...keys] : null,
      ])
    ).map(toAssetState)
  const checkStates = async (assets?: readonly AssetKey[], columns = 's.*') =>
    (
      await database.rows(
        `select ${columns}, b.count as bad_count, b.has_errors as bad_errors, b.keys as bad_keys, b.run_id as bad_run_id from check_states s
         left join (select asset, name, count(*), bool_or(severity = 'error') as has_errors, max(run_id) as run_id, to_json((array_agg(key order by key))[1:20]) as keys
           from bad_check_partitions where $1::text[] is null or asset = any($1) group by asset, name) b using (asset, name)
         where $1::text[] is null or s.asset = any($1)`,
        [assets ? [...assets] : null],
      )
    ).map(toCheckState)
  return {
    assetStates: (keys) => assetStates(keys),
    checkStates: (asset) => checkStates(asset === undefined ? undefined : [asset]),

    async latestStates(after) {
      // First: what happens meanwhile is told again the next time.
      const [last] = await database.rows('select coalesce(max(id), 0) as id from events')
      const eventId = Number(last?.id)
      const isWhole = after === undefined || eventId < after
      if (eventId === after) return { eventId, isWhole, assets: [], checks: [] }
      const touched = isWhole
        ? undefined
        : (
            await database.rows(
              'select distinct asset from events where id > $1 and type = any($2) and asset is not null',
              [after, [...eventTypes]],
            )
          ).map(({ asset }) => String(asset))
      if (touched?.length === 0) return { eventId, isWhole, assets: [], checks: [] }
      const [assets, checks] = await Promise.all([
        assetStates(touched, shortAssetState),
        checkStates(touched, shortCheckState),
      ])
      return { eventId, isWhole, assets, checks }
    },

    async runningSteps() {
      // Run by run, by the key of its steps: those that ended are many more.
      const rows = await database.rows(
        `select r.id, r.lease_worker, r.lease_until, r.lease_until < now() as is_abandoned, s.assets from runs r cross join lateral (
           select assets from run_steps where run_id = r.id and status in ('running', 'retrying') offset 0) s
         where r.${isHeldRun} order by r.id`,
      )
      return rows.map((row) => ({
        runId: String(row.id),
        worker: row.lease_until === null ? undefined : optional<string>(row.lease_worker),
        isAbandoned: row.is_abandoned === true,
        assets: row.assets as AssetKey[],
      }))
    },
  }
}
