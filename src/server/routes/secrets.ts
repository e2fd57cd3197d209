import { type Context, Hono } from 'hono'
import { registerSecret } from '../../base/index.js'
import { askedBy, noteFacts, refuseEdits } from '../access/index.js'
import { type SecretsSet, type SecretsView, secretValueSchema, secretValuesSchema } from '../contract/index.js'
import type { Services } from '../services.js'
import { readBody } from './request.js'

/**
 * Secrets that connections name. What one says is taken, and never answered. Who sets one that a file names, where that says whom to ask, may
 * have another one sent there: so only who may change connections may set any.
 */
export function secretRoutes(services: Services): Hono {
  const { engine } = services
  const app = new Hono()
  const set = async (c: Context, values: Readonly<Record<string, string>>) => {
    for (const value of Object.values(values)) registerSecret(value)
    return c.json((await engine.setSecrets({ values, by: askedBy(c) })) satisfies SecretsSet)
  }

  app.get('/secrets', async (c) => {
    const secrets = await engine.secrets()
    return c.json({ secrets: secrets.map((one) => ({ ...one, usedBy: [...one.usedBy] })) } satisfies SecretsView)
  })

  app.put('/secrets/:name', async (c) => {
    refuseEdits(services, c)
    const { value } = await readBody(c, secretValueSchema)
    return set(c, { [c.req.param('name')]: value })
  })

  app.put('/secrets', async (c) => {
    refuseEdits(services, c)
    const { values } = await readBody(c, secretValuesSchema)
    noteFacts(c, Object.keys(values).join(', '))
    return set(c, values)
  })

  app.delete('/secrets/:name', async (c) => {
    refuseEdits(services, c)
    await engine.removeSecret(c.req.param('name'))
    return c.json({})
  })
  return app
}
