import type { Definitions, OrchestrateStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'

export function definitionQueries(
  database: Database,
): Pick<OrchestrateStore, 'publishDefinitions' | 'readDefinitions'> {
  return {
    publishDefinitions: (definitions) =>
      database.transaction(async (client) => {
        await client.query(
          'insert into definitions (id, value) values (1, $1) on conflict (id) do update set value = excluded.value, published_at = now()',
          [JSON.stringify(definitions)],
        )
        await database.notify(client, { type: 'definitions' })
      }),
    async readDefinitions() {
      const [row] = await database.rows('select value from definitions')
      return row?.value as Definitions | undefined
    },
  }
}
