import { connectionChanges, type DefinitionStore, type Definitions } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { asPublished } from './as-published.js'
import { insertConnectionEvents } from './connection-events.js'
import { jsonText } from './json-text.js'

export function definitionQueries(database: Database): DefinitionStore {
  let known: { readonly at: string; readonly definitions: Definitions } | undefined
  return {
    publishDefinitions: (definitions) =>
      database.transaction(async (client) => {
        // Two engines that publish at once write one after the other, also where there is no row yet.
        await client.query('lock table definitions in share row exclusive mode')
        const { rows } = await client.query<{ connections: Definitions['connections'] | null }>(
          "select value -> 'connections' as connections from definitions where id = 1",
        )
        const before = rows[0] && { connections: rows[0].connections ?? [] }
        await insertConnectionEvents(client, connectionChanges(before, definitions))
        await client.query(
          'insert into definitions (id, value) values (1, $1) on conflict (id) do update set value = excluded.value, published_at = now()',
          [jsonText(definitions)],
        )
        await database.notify(client, { type: 'definitions' })
      }),
    async readDefinitions() {
      // Ten thousand assets are megabytes of JSON: they are only sent and parsed again once they were published anew.
      const [row] = await database.rows(
        'select published_at::text as at, case when published_at::text = $1 then null else value end as value from definitions',
        [known?.at ?? ''],
      )
      if (!row) return undefined
      if (row.value !== null) known = { at: String(row.at), definitions: asPublished(row.value as Definitions) }
      return known?.definitions
    },
  }
}
