import type { SealedSecret, SecretStore } from '../../orchestrate/index.js'
import type { Database } from '../database.js'
import { optional, type Row } from './rows.js'

export function secretQueries(database: Database): SecretStore {
  return {
    async secrets() {
      const rows = await database.rows('select * from secrets order by name')
      return rows.map(
        (row): SealedSecret => ({
          name: String(row.name),
          sealed: String(row.sealed),
          updatedAt: (row.updated_at as Date).toISOString(),
          updatedBy: optional(row.updated_by),
        }),
      )
    },

    async secretsVersion(options) {
      // Each sealing begins with another random number, also of the same value.
      const [row] = await database.rows(
        "select md5(string_agg(name || left(sealed, 60), ',' order by name)) as version from secrets",
        [],
        options,
      )
      return String(row?.version ?? '')
    },

    keepSecrets: (secrets) =>
      database.transaction(async (client) => {
        // Who adds one of these names at the same moment comes before or after.
        await client.query('lock table secrets in share row exclusive mode')
        const names = secrets.filter(({ mayReplace }) => !mayReplace).map(({ name }) => name)
        const { rows } = await client.query<Row>('select name from secrets where name = any($1) order by name', [names])
        if (rows.length > 0) return rows.map((row) => String(row.name))
        for (const { name, sealed, updatedBy } of secrets)
          await client.query(
            `insert into secrets (name, sealed, updated_by) values ($1, $2, $3)
             on conflict (name) do update set sealed = excluded.sealed, updated_by = excluded.updated_by, updated_at = now()`,
            [name, sealed, updatedBy ?? null],
          )
        return []
      }),

    async removeSecret(name) {
      return database.transaction(async (client) => {
        const { rowCount } = await client.query('delete from secrets where name = $1', [name])
        return rowCount === 1
      })
    },

    async takeBackSecrets(secrets) {
      await database.transaction(async (client) => {
        for (const { name, sealed, former } of secrets)
          if (former)
            await client.query(
              'update secrets set sealed = $3, updated_by = $4, updated_at = $5 where name = $1 and sealed = $2',
              [name, sealed, former.sealed, former.updatedBy ?? null, former.updatedAt],
            )
          else await client.query('delete from secrets where name = $1 and sealed = $2', [name, sealed])
      })
    },
  }
}
