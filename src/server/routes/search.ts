import { Hono } from 'hono'
import { definitionsOf, type Services } from '../services.js'
import { search } from '../views/search.js'
import { positive } from './request.js'

const runsToSearch = 200

export function searchRoutes(services: Services): Hono {
  const app = new Hono()
  app.get('/search', async (c) => {
    const [definitions, runs] = await Promise.all([
      definitionsOf(services),
      services.store.listRuns({ limit: runsToSearch }),
    ])
    return c.json({ hits: search(definitions, runs, c.req.query('q') ?? '', positive(c.req.query('limit'), 20, 100)) })
  })
  return app
}
