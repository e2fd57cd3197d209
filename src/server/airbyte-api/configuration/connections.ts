import { Hono } from 'hono'
import { askedBy, noteFacts, noteMade } from '../../access/index.js'
import { readBody } from '../../routes/request.js'
import { connectionIdSchema, jobIdSchema, jobListSchema } from '../contract/requests.js'
import { uuidOf } from '../paging.js'
import type { ShownConnection } from '../views/catalog.js'
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
  const { store } = workspace.services
  const app = new Hono()

  /** Only whole states tell the columns of a table. */
  const read = async (connections: readonly ShownConnection[]) => {
    const keys = connections.flatMap(({ spec }) => spec.streams.map(({ asset }) => asset))
    const [facts, states] = await Promise.all([workspace.facts(), store.assetStates(keys)])
    const byKey = new Map(states.map((state) => [state.key, state]))
    return connections.map((one) => connectionRead(one, facts.catalog, facts, byKey))
  }
  const connectionOf = (text: string) => workspace.connection(uuidOf('connectionId', text))

  app.post('/connections/get', async (c) => {
    const connection = await connectionOf((await readBody(c, connectionIdSchema)).connectionId)
    return c.json((await read([connection]))[0])
  })

  app.post('/connections/list', async (c) =>
    c.json({ connections: await read((await workspace.catalog()).connections) }),
  )

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
