import { Hono } from 'hono'
import { registerSecret } from '../../base/index.js'
import { askedBy } from '../access/index.js'
import { type SecretsView, secretValueSchema } from '../contract/index.js'
import type { Services } from '../services.js'
import { readBody } from './request.js'

/** Secrets that connections name. What one says is taken, and never answered. */
export function secretRoutes({ engine }: Services): Hono {
  const app = new Hono()

  app.get('/secrets', async (c) => {
    const secrets = await engine.secrets()
    return c.json({ secrets: secrets.map((one) => ({ ...one, usedBy: [...one.usedBy] })) } satisfies SecretsView)
  })

  app.put('/secrets/:name', async (c) => {
    const { value } = await readBody(c, secretValueSchema)
    registerSecret(value)
    await engine.setSecret({ name: c.req.param('name'), value, by: askedBy(c) })
    return c.json({})
  })

  app.delete('/secrets/:name', async (c) => {
    await engine.removeSecret(c.req.param('name'))
    return c.json({})
  })
  return app
}
