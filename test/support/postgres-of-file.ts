import { afterAll, beforeAll } from 'vitest'
import { type StartedServer, startPostgres, type TestServer } from './postgres-server.js'

/** A PostgreSQL for the tests of the file that calls this, from the first of them to the last. */
export function postgresOfFile(settings?: Readonly<Record<string, string>>): TestServer {
  let server: StartedServer | undefined
  beforeAll(async () => {
    server = await startPostgres(settings)
  }, 60_000)
  afterAll(() => server?.stop())
  const started = () => {
    if (!server) throw new Error('The server starts with the first test.')
    return server
  }
  return {
    get url() {
      return started().url
    },
    database: () => started().database(),
  }
}
