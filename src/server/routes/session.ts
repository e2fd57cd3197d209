import { type Context, Hono } from 'hono'
import {
  accessErrors,
  hashPassword,
  hashSecret,
  newSessionSecret,
  requirePassword,
  type UserWithPassword,
} from '../../access/index.js'
import { type Access, actorOf, forgottenPassword, sessionIdleMs } from '../access/index.js'
import { loginRequestSchema, passwordChangeSchema, type Session } from '../contract/index.js'
import { serverErrors } from '../errors.js'
import { readBody } from './request.js'

export function sessionRoutes(access: Access): Hono {
  const { store, cookie, clock } = access
  const app = new Hono()
  const noteLogin = (c: Context, actor: string, outcome: number) => access.passwords.note(c, actor, outcome)

  const begin = async (c: Context, { id, name, role }: UserWithPassword, passwordHash: string) => {
    const secret = newSessionSecret()
    const expiresAt = new Date(clock.now().getTime() + sessionIdleMs)
    const isBegun = await store.createSession({ secretHash: hashSecret(secret), userId: id, passwordHash, expiresAt })
    if (!isBegun) throw loginFailed()
    cookie.write(c, secret)
    return c.json({ user: name, role, via: 'session' } satisfies Session)
  }

  app.post('/login', async (c) => {
    const { name, password } = await readBody(c, loginRequestSchema)
    const user = await access.passwords.userOf(c, name, password)
    if (!user) throw loginFailed()
    // The one of before would go on without anybody who could end it.
    const { secretHash } = c.get('actor') ?? {}
    if (secretHash !== undefined) await store.endSession(secretHash)
    const answer = await begin(c, user, user.passwordHash)
    await noteLogin(c, user.name, 200)
    return answer
  })

  app.get('/session', (c) => {
    const { user, role, via } = actorOf(c)
    return c.json({ ...(user ? { user: user.name } : {}), role, via } satisfies Session)
  })

  app.post('/logout', async (c) => {
    const { secretHash } = actorOf(c)
    if (secretHash !== undefined) await store.endSession(secretHash)
    cookie.clear(c)
    return c.json({})
  })

  app.put('/session/password', async (c) => {
    const { via, name } = actorOf(c)
    if (via !== 'session')
      throw serverErrors.create('SERVER_ROLE', {
        message: 'A password is changed by who has logged in with it.',
        hint: 'Log in on the page, or use `millrace user set-password`.',
      })
    const { password, newPassword } = await readBody(c, passwordChangeSchema)
    requirePassword(newPassword, name)
    const user = await access.passwords.userOf(c, name, password)
    if (!user)
      throw accessErrors.create('PASSWORD_WRONG', {
        message: 'The present password is another one.',
        hint: 'Type the password that you logged in with. Who has forgotten it asks an admin for a new one.',
      })
    const passwordHash = await hashPassword(newPassword)
    await store.changeUser(name, { passwordHash })
    return begin(c, user, passwordHash)
  })
  return app
}

/** One answer, whatever was wrong. */
const loginFailed = () =>
  serverErrors.create('SERVER_LOGIN_FAILED', {
    message: 'The name or the password is wrong.',
    hint: forgottenPassword,
  })
