import { afterAll, beforeAll, describe } from 'vitest'
import { postgresOptions } from '../../../src/platform/engine/profiles/postgres-profile.js'
import { openPostgres } from '../../../src/warehouse/index.js'
import { type StartedServer, startPostgres } from '../../support/postgres-server.js'
import { type ProjectEngine, TempProject } from '../support/temp-project.js'

export type MakeProject = (files: Readonly<Record<string, string>>) => Promise<TempProject>

/** The same tests over every engine; those that only one can pass are given its name. */
export function describeEngines(title: string, tests: (makeProject: MakeProject, engine: string) => void): void {
  describe(`${title}: duckdb`, () => tests(async (files) => new TempProject(files), 'duckdb'))
  describe(`${title}: postgres`, () => {
    let server: StartedServer
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server.stop())
    tests(async (files) => new TempProject(files, await postgresDatabase(server)), 'postgres')
  })
}

/** A project's own database, with a schema of the same name as DuckDB's default. */
async function postgresDatabase(server: StartedServer): Promise<ProjectEngine> {
  const { host, port, user, password, database } = await server.database()
  return {
    output: { type: 'postgres', host, port, user, password, database, schema: 'main', search_path: 'main', threads: 2 },
    open: ({ credentials }) => openPostgres(postgresOptions(credentials)),
  }
}
