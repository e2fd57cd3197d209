import { openDuckDb, openPostgres, type Warehouse } from '../../src/warehouse/index.js'
import type { TestServer } from './postgres-server.js'
import type { SyncBench } from './sync-bench.js'
import { scriptedDestination, showWritten } from './written-streams.js'

const duckDb = () => openDuckDb({ path: ':memory:' })

/** Every destination that keeps rows: how it is called, its warehouse, and the connection's end as YAML. */
export const destinationKinds = (
  server: () => TestServer,
): readonly (readonly [name: string, open: () => Promise<Warehouse>, destination: string])[] => [
  ['DuckDB', duckDb, '{ schema: raw }'],
  ['PostgreSQL', async () => openPostgres(await server().database()), '{ schema: raw }'],
  ['Parquet files', duckDb, '{ connector: file, config: { path: out } }'],
  ['an Airbyte connector', duckDb, scriptedDestination()],
]

/** What tests of such a destination ask of it. */
export function kindOf(name: string) {
  const isFiles = name === 'Parquet files'
  const isProgram = name === 'an Airbyte connector'
  return {
    isFiles,
    isProgram,
    hasTables: !isFiles && !isProgram,
    /** Asks for rows as of tables of the schema `raw`, wherever they are. */
    query: async (bench: SyncBench, sql: string) => {
      if (isFiles) await bench.showFiles('out')
      if (isProgram) await showWritten(bench)
      return bench.query(sql)
    },
  }
}
