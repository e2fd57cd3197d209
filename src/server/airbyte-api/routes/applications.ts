import { type Context, Hono } from 'hono'
import { type ApiToken, hashSecret, isTokenSecret, newTokenSecret, requireTokenName } from '../../../access/index.js'
import { newId } from '../../../base/index.js'
import { type Access, actorOf, noteFacts } from '../../access/index.js'
import { serverErrors } from '../../errors.js'
import { readBody } from '../../routes/request.js'
import { applicationSchema, tokenRequestSchema } from '../contract/requests.js'
import { missing } from '../errors.js'
import type { Workspace } from '../workspace.js'

const longestSeconds = 3600
/** What is sent along where nobody is asked for anything. */
const openToken = 'open'

/** `client_id` is the name or the id of an API token of ours, `client_secret` its secret, which is the access token too. */
export function tokenRoutes({ services: { clock } }: Workspace, { store }: Access): Hono {
  const app = new Hono()

  app.post('/applications/token', async (c) => {
    const { client_id: clientId, client_secret: secret } = await tokenRequestOf(c)
    // A server without users asks nobody: whatever is sent is as good as nothing.
    if (!secret.startsWith('mr_') && c.get('actor')?.via === 'open')
      return c.json({ access_token: openToken, token_type: 'Bearer', expires_in: longestSeconds })
    const found = isTokenSecret(secret) ? await store.findToken(hashSecret(secret), clock.now()) : undefined
    if (!found || (found.token.name !== clientId && found.token.id !== clientId))
      throw serverErrors.create('SERVER_LOGIN_REQUIRED', {
        message: 'client_secret is no token of this client_id, or one that is over or was revoked.',
        hint: 'client_id is the name or the id of an API token, client_secret what `millrace token create` printed.',
      })
    const leftMs = found.token.expiresAt ? Date.parse(found.token.expiresAt) - clock.now().getTime() : Infinity
    return c.json({
      access_token: secret,
      token_type: 'Bearer',
      expires_in: Math.max(1, Math.min(longestSeconds, Math.floor(leftMs / 1000))),
    })
  })
  return app
}

/** Applications are our API tokens. */
export function applicationRoutes({ services: { clock } }: Workspace, { store }: Access): Hono {
  const app = new Hono()

  const find = async (id: string) => {
    const found = (await valid()).find((token) => token.id === id)
    if (!found) throw missing('application', id)
    return found
  }
  const valid = async () => {
    const now = clock.now().toISOString()
    const tokens = await store.listTokens()
    return tokens.filter(({ revokedAt, expiresAt }) => !revokedAt && (!expiresAt || expiresAt > now))
  }

  app.get('/applications', async (c) =>
    c.json({ applications: (await valid()).map((token) => applicationResponse(token)) }),
  )
  app.get('/applications/:applicationId', async (c) =>
    c.json(applicationResponse(await find(c.req.param('applicationId')))),
  )

  app.post('/applications', async (c) => {
    const { name } = await readBody(c, applicationSchema)
    requireTokenName(name)
    const maker = actorOf(c)
    noteFacts(c, `${name} as ${maker.role}`)
    const secret = newTokenSecret()
    const token = await store.createToken({
      id: newId(),
      name,
      role: maker.role,
      secretHash: hashSecret(secret),
      userId: maker.user?.id,
    })
    return c.json(applicationResponse(token, secret))
  })

  app.delete('/applications/:applicationId', async (c) => {
    const token = await find(c.req.param('applicationId'))
    await store.revokeToken(token.id, clock.now())
    return c.json(applicationResponse(token))
  })
  return app
}

/** The secret is known when it is made, and to nobody later. */
const applicationResponse = ({ id, name, createdAt }: ApiToken, secret = '') => ({
  id,
  name,
  clientId: id,
  clientSecret: secret,
  createdAt: Date.parse(createdAt),
})

/** OAuth's libraries send a form, and the client's name and secret in the header. */
async function tokenRequestOf(c: Context) {
  const type = c.req.header('content-type') ?? ''
  if (!type.includes('application/x-www-form-urlencoded')) return readBody(c, tokenRequestSchema)
  const form = Object.fromEntries(new URLSearchParams(await c.req.text()))
  const parsed = tokenRequestSchema.safeParse(form)
  if (parsed.success) return parsed.data
  throw serverErrors.create('SERVER_INVALID', {
    message: 'The form has to hold client_id and client_secret.',
    hint: 'docs/airbyte-api.md shows it.',
  })
}
