import { temporaryProject } from '../support/millrace.js'
import type { TestServer } from '../support/postgres-server.js'

const files = {
  'transformation/dbt/dbt_project.yml': "name: parts\nversion: '1.0'\nprofile: parts\nmodel-paths: [models]\n",
  'transformation/dbt/profiles.yml': `parts:
  target: prod
  outputs:
    prod:
      type: postgres
      host: "{{ env_var('WAREHOUSE_HOST') }}"
      port: "{{ env_var('WAREHOUSE_PORT') | int }}"
      user: "{{ env_var('WAREHOUSE_USER') }}"
      password: "{{ env_var('WAREHOUSE_PASSWORD') }}"
      dbname: "{{ env_var('WAREHOUSE_DB') }}"
      schema: marts
      threads: 2
`,
  'transformation/dbt/models/totals.sql': 'select 1 as total\n-- depends_on: a\n',
  // Each begins with a word of its own in the log, so that one sees what was done twice.
  'orchestration/definitions.ts': `import { asset, defineProject, sensor, webhook } from 'millrace'

const slow = (key) => asset(key, { run: async ({ signal, log }) => {
  log('worked on ' + key)
  for (let i = 0; i < 20; i++) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
} })
export default defineProject(slow('a'), slow('b'),
  sensor('count', { every: '1s', target: 'a', on: false,
    evaluate: ({ cursor }) => ({ cursor: Number(cursor ?? 0) + 1, runs: [{ tags: { number: String(cursor ?? 0) } }] }) }),
  sensor('told', webhook({ target: 'b', secret: 'TOLD_SECRET', sender: 'bearer',
    evaluate: ({ payload }) => ({ runs: [{ tags: { order: payload.order } }] }) })))
`,
} as const

/** A project with its warehouse on a server, so that several processes may work for it, each as if on a machine of its own. */
export const partsProject = (settings: string, name = 'parts'): Promise<string> =>
  temporaryProject({ ...files, 'millrace.yaml': `name: ${name}\n${settings}` })

/** What its processes need: where store and warehouse are. @param host as they reach the server */
export async function partsEnv(
  server: TestServer,
  host?: string,
  port?: number,
): Promise<Readonly<Record<string, string>>> {
  const database = await server.database()
  const store = new URL(server.url)
  if (host !== undefined) store.hostname = host
  if (port !== undefined) store.port = String(port)
  return {
    DATABASE_URL: store.href,
    WAREHOUSE_HOST: host ?? String(database.host),
    WAREHOUSE_PORT: String(port ?? database.port),
    WAREHOUSE_USER: database.user,
    WAREHOUSE_PASSWORD: database.password,
    WAREHOUSE_DB: String(database.database),
  }
}
