import { Hono } from 'hono'
import { accessErrors, expiryOf, hashSecret, mayActAs, newTokenSecret, requireTokenName } from '../../access/index.js'
import { newId } from '../../base/index.js'
import { type Access, actorOf, noteFacts } from '../access/index.js'
import { type NewToken, newTokenRequestSchema } from '../contract/index.js'
import { notFound, positive, readBody } from './request.js'

export function tokenRoutes({ store, clock }: Access): Hono {
  const app = new Hono()

  app.get('/tokens', async (c) => c.json({ tokens: await store.listTokens() }))

  app.post('/tokens', async (c) => {
    const { name, role, expires } = await readBody(c, newTokenRequestSchema)
    requireTokenName(name)
    noteFacts(c, `${name} as ${role}`)
    const maker = actorOf(c)
    if (!mayActAs(maker.role, role))
      throw accessErrors.create('TOKEN_INVALID', {
        message: `A token may not do more than who makes it: ${maker.role}.`,
        hint: 'Choose a lower role.',
      })
    const secret = newTokenSecret()
    const token = await store.createToken({
      id: newId(),
      name,
      role,
      secretHash: hashSecret(secret),
      userId: maker.user?.id,
      expiresAt: expires === undefined ? undefined : expiryOf(expires, clock.now()),
    })
    return c.json({ token, secret } satisfies NewToken)
  })

  app.delete('/tokens/:id', async (c) => {
    const id = c.req.param('id')
    if (!(await store.revokeToken(id, clock.now()))) throw notFound(`token ${id}`, 'The Settings page lists them.')
    return c.json({})
  })

  app.get('/audit', async (c) => {
    const limit = positive(c.req.query('limit'), 50, 500)
    const before = positive(c.req.query('before'), 0, Number.MAX_SAFE_INTEGER) || undefined
    const entries = await store.listAudit({ before, limit: limit + 1 })
    return c.json({ entries: entries.slice(0, limit), hasMore: entries.length > limit })
  })
  return app
}
