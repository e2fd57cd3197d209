import { type Context, Hono } from 'hono'
import { type JobStatus, type JobType, jobStatuses, type SyncJobFilter } from '../../../orchestrate/index.js'
import { askedBy, noteFacts, noteMade } from '../../access/index.js'
import { readBody } from '../../routes/request.js'
import { jobCreateSchema } from '../contract/requests.js'
import { invalid } from '../errors.js'
import { paged, pageOf, uuidOf } from '../paging.js'
import { jobResponse } from '../views/jobs.js'
import type { ShownJob, Workspace } from '../workspace.js'
import { inWorkspace } from './actors.js'

/** `reset` is the word that Airbyte had before `clear`. */
const typesOf: Readonly<Record<string, JobType>> = { sync: 'sync', refresh: 'refresh', clear: 'clear', reset: 'clear' }
const orders = { createdAt: 'createdAt', updatedAt: 'updatedAt' } as const

const shown = ({ job, connection }: ShownJob) => jobResponse(job, connection.id)

export function jobRoutes(workspace: Workspace): Hono {
  const app = new Hono()

  app.get('/jobs', async (c) => {
    const page = pageOf(c)
    const filter = filterOf(c)
    const { workspaceId } = await workspace.catalog()
    const connectionId = c.req.query('connectionId')
    const connection = connectionId && (await workspace.connection(uuidOf('connectionId', connectionId)))
    const found = inWorkspace(c, workspaceId)
      ? await workspace.jobs({
          ...filter,
          ...(connection ? { stepKeys: [connection.spec.step] } : {}),
          limit: page.limit + 1,
          offset: page.offset,
        })
      : []
    return c.json(paged(c, page, found.slice(0, page.limit).map(shown), found.length > page.limit))
  })

  app.get('/jobs/:jobId', async (c) => c.json(shown(await workspace.job(Number(c.req.param('jobId'))))))

  app.post('/jobs', async (c) => {
    const { connectionId, jobType } = await readBody(c, jobCreateSchema)
    const connection = await workspace.connection(uuidOf('connectionId', connectionId))
    noteFacts(c, `${jobType} of ${connection.spec.name}`)
    const made = await workspace.requestJob(connection, typesOf[jobType] as JobType, askedBy(c))
    noteMade(c, `run ${made.job.run.id}`)
    return c.json(shown(made))
  })

  app.delete('/jobs/:jobId', async (c) => {
    const job = await workspace.job(Number(c.req.param('jobId')))
    noteFacts(c, `run ${job.job.run.id}`)
    return c.json(shown(await workspace.cancelJob(job)))
  })
  return app
}

/** @throws SERVER_INVALID */
function filterOf(c: Context): SyncJobFilter {
  const type = c.req.query('jobType')
  const status = c.req.query('status')
  const types = type === undefined ? undefined : typesOf[type]
  if (type !== undefined && types === undefined)
    throw invalid(`There is no jobType \`${type.slice(0, 40)}\`, only ${Object.keys(typesOf).join(', ')}.`)
  if (status !== undefined && !jobStatuses.includes(status as JobStatus))
    throw invalid(`There is no status \`${status.slice(0, 40)}\`, only ${jobStatuses.join(', ')}.`)
  return {
    types: types && [types],
    statuses: status === undefined ? undefined : [status as JobStatus],
    createdSince: timeOf(c, 'createdAtStart'),
    createdUntil: timeOf(c, 'createdAtEnd'),
    updatedSince: timeOf(c, 'updatedAtStart'),
    updatedUntil: timeOf(c, 'updatedAtEnd'),
    ...orderOf(c.req.query('orderBy')),
  }
}

/** `updatedAt|DESC` */
function orderOf(text: string | undefined): Pick<SyncJobFilter, 'orderBy' | 'isAscending'> {
  if (!text) return {}
  const [, field = '', direction = ''] = /^(\w+)\|(ASC|DESC)$/i.exec(text) ?? []
  const orderBy = orders[field as keyof typeof orders]
  if (orderBy === undefined)
    throw invalid(
      `orderBy is \`${text.slice(0, 40)}\`: write createdAt|ASC, createdAt|DESC, updatedAt|ASC or updatedAt|DESC.`,
    )
  return { orderBy, isAscending: direction.toUpperCase() === 'ASC' }
}

/** ISO 8601, or milliseconds since 1970. @throws SERVER_INVALID */
function timeOf(c: Context, name: string): Date | undefined {
  const text = c.req.query(name)
  if (!text) return undefined
  const time = new Date(/^\d{10,}$/.test(text) ? Number(text) : text)
  if (!Number.isNaN(time.getTime())) return time
  throw invalid(`${name} is \`${text.slice(0, 40)}\`, which is no time: write 2024-01-31T06:00:00Z.`)
}
