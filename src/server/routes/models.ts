import { Hono } from 'hono'
import type { Services } from '../services.js'

export function modelRoutes({ engine }: Services): Hono {
  const app = new Hono()
  app.get('/models', async (c) => c.json({ models: await engine.models() }))
  app.get('/models/:id', async (c) => c.json(await engine.model(c.req.param('id'))))
  return app
}
