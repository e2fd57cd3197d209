import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../../../base/index.js'
import { pairs, str } from '../../../jinja/index.js'
import { transformErrors } from '../../errors.js'
import { csvText } from '../csv.js'
import type { SeedTable, SeedType } from '../seed-table.js'
import type { MembersOf } from './engine.js'

const types: Readonly<Record<SeedType, string>> = {
  integer: 'int64',
  bigint: 'int64',
  number: 'float64',
  date: 'date',
  timestamp: 'datetime',
  boolean: 'bool',
  text: 'string',
}

const typeOf = (seed: SeedTable, index: number): string => types[seed.types[index] ?? 'text']

/** Seeds come by a load job, of the rows as dbt reads them. */
export function seedMembers(adapter: MembersOf): Readonly<Record<string, unknown>> {
  return {
    convert_type: (table: { seed?: SeedTable }, index: unknown) =>
      table.seed ? typeOf(table.seed, Number(index)) : 'string',
    load_dataframe: async (
      database: unknown,
      schema: unknown,
      name: unknown,
      table: { seed?: SeedTable },
      overrides: unknown,
    ) => {
      const { seed } = table
      const { connection } = adapter
      const { loadFile } = connection.beside
      if (!seed || !loadFile)
        throw transformErrors.create('TRANSFORM_COMPILE', { message: 'load_dataframe() needs the rows of a seed.' })
      const own = new Map(pairs(overrides ?? {}).map(([column, type]) => [str(column), str(type)]))
      const columns = seed.names.map((column, i) => ({ name: column, type: own.get(column) ?? typeOf(seed, i) }))
      const folder = await temporaryFolder('seed')
      try {
        const file = join(folder, 'rows.csv')
        // An empty value without quotes is null.
        const lines = [seed.names, ...seed.rows].map((row) => row.map((value) => csvText(value ?? '')).join(','))
        await writeFile(file, `${lines.join('\n')}\n`)
        const relation = { database: str(database), schema: str(schema), identifier: str(name) }
        await connection.writing(() =>
          loadFile.call(connection.beside, file, relation, {
            format: 'csv',
            mode: 'replace',
            columns,
            signal: connection.signal,
          }),
        )
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
      return ''
    },
  }
}
