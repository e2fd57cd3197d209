import { Hono } from 'hono'
import { askedBy, noteFacts, noteMade } from '../../access/index.js'
import { readBody } from '../../routes/request.js'
import { connectionIdSchema, jobIdSchema, jobListSchema } from '../contract/requests.js'
import { uuidOf } from '../paging.js'
import { connectionRead, jobRead } from '../views/configuration.js'
import type { ShownJob, Workspace } from '../workspace.js'

const logLines = 500
const jobsAtOnce = 20
const typeNames: Readonly<Record<string, 'sync' | 'refresh' | 'clear'>> = {
  sync: 'sync',
  refresh: 'refresh',
  clear: 'clear',
  reset_connection: 'clear',
}

/** Connections and their jobs, as clients of the configuration API ask for them: everything by POST. */
export function connectionCalls(workspace: Workspace): Hono {
  const { store, states } = workspace.services
  const app = new Hono()

  const reader = async () => {
    const facts = await workspace.facts()
    const found = await states.of(facts.definitions)
    return (connection: Parameters<typeof connectionRead>[0]) => connectionRead(connection, facts.catalog, facts, found)
  }
  const connectionOf = (text: string) => workspace.connection(uuidOf('connectionId', text))

  app.post('/connections/get', async (c) => {
    const connection = await connectionOf((await readBody(c, connectionIdSchema)).connectionId)
    return c.json((await reader())(connection))
  })

  app.post('/connections/list', async (c) => {
    const read = await reader()
    return c.json({ connections: (await workspace.catalog()).connections.map(read) })
  })

  /** With what each stream loaded, and the end of its log. */
  const jobInfo = async ({ job, connection }: ShownJob) => {
    const [loads, lines] = await Promise.all([
      store.readEvents({ runId: job.run.id, step: job.stepKey, types: ['asset_materialized'], limit: 10_000 }),
      store.readEvents({ runId: job.run.id, step: job.stepKey, types: ['log'], newestFirst: true, limit: logLines }),
    ])
    return jobRead(job, connection, { loads, lines: lines.reverse().map(({ message }) => message ?? '') })
  }

  for (const [path, type] of [
    ['/connections/sync', 'sync'],
    ['/connections/reset', 'clear'],
    ['/connections/clear', 'clear'],
  ] as const)
    app.post(path, async (c) => {
      const connection = await connectionOf((await readBody(c, connectionIdSchema)).connectionId)
      noteFacts(c, connection.spec.name)
      const made = await workspace.requestJob(connection, type, askedBy(c))
      noteMade(c, `run ${made.job.run.id}`)
      return c.json(await jobInfo(made))
    })

  app.post('/jobs/get', async (c) => c.json(await jobInfo(await workspace.job((await readBody(c, jobIdSchema)).id))))

  app.post('/jobs/list', async (c) => {
    const { configTypes, configId, pagination = {} } = await readBody(c, jobListSchema)
    const connection = configId === undefined ? undefined : await connectionOf(configId)
    const types = configTypes?.flatMap((name) => typeNames[name] ?? [])
    const found = await workspace.jobs({
      stepKeys: connection && [connection.spec.step],
      types: types && [...new Set(types)],
      limit: pagination.pageSize ?? jobsAtOnce,
      offset: pagination.rowOffset ?? 0,
    })
    return c.json({ jobs: found.map(({ job, connection: of }) => jobRead(job, of)), totalJobCount: found.length })
  })

  app.post('/jobs/cancel', async (c) => {
    const job = await workspace.job((await readBody(c, jobIdSchema)).id)
    noteFacts(c, `run ${job.job.run.id}`)
    return c.json(await jobInfo(await workspace.cancelJob(job)))
  })
  return app
}
