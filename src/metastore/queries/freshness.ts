import type { FreshnessState, FreshnessStore, NewRunEvent } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { insertEvents, noRun } from './events.js'
import { jsonText } from './json-text.js'

const levels: Readonly<Record<FreshnessState, NewRunEvent['level']>> = {
  pass: 'info',
  unknown: 'info',
  warn: 'warn',
  fail: 'error',
}

export function freshnessQueries(database: Database): FreshnessStore {
  return {
    async freshnessStates() {
      const rows = await database.rows('select asset, state from freshness_states')
      return new Map(rows.map((row) => [String(row.asset), row.state as FreshnessState]))
    },
    noteFreshness: (changes) =>
      database.transaction(async (client) => {
        const { rows } = await client.query<{ asset: string }>(
          `insert into freshness_states (asset, state, since) select e->>'asset', e->>'state', now() from jsonb_array_elements($1::jsonb) e
           on conflict (asset) do update set state = excluded.state, since = excluded.since
             where freshness_states.state <> excluded.state returning asset`,
          [jsonText(changes)],
        )
        const written = new Set(rows.map((row) => row.asset))
        const events = changes
          .filter(({ asset }) => written.has(asset))
          .map(({ asset, state, message }) => ({
            type: 'asset_freshness' as const,
            asset,
            level: levels[state],
            message,
            metadata: { state },
          }))
        await insertEvents(database, client, noRun, events)
      }),
  }
}
