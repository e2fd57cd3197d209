import { Hono } from 'hono'
import { definitionsOf, type Services } from '../services.js'
import { search, wordsOf } from '../views/search.js'
import { positive } from './request.js'

const runsToSearch = 200
/** By their ids, which people copy, older ones are found too. */
const idPart = /^[\da-f-]{6,}$/i
const mostOlderRuns = 20
const mostColumns = 500

export function searchRoutes(services: Services): Hono {
  const app = new Hono()
  app.get('/search', async (c) => {
    const { store } = services
    const text = (c.req.query('q') ?? '').trim()
    const [definitions, runs, named, columns] = await Promise.all([
      definitionsOf(services),
      store.listRuns({ limit: runsToSearch }),
      idPart.test(text) ? store.findRuns(text, mostOlderRuns) : [],
      store.findColumns(wordsOf(text), mostColumns),
    ])
    const older = named.filter(({ id }) => !runs.some((run) => run.id === id))
    const found = { runs: [...runs, ...older], columns }
    return c.json({ hits: search(definitions, found, text, positive(c.req.query('limit'), 20, 100)) })
  })
  return app
}
