import { type Context, Hono } from 'hono'
import {
  accessErrors,
  FailureBrake,
  hashPassword,
  hashSecret,
  isPassword,
  isUserName,
  newSessionSecret,
  requirePassword,
  type UserWithPassword,
} from '../../access/index.js'
import { type Access, actorOf, sessionIdleMs } from '../access/index.js'
import { loginRequestSchema, passwordChangeSchema, type Session } from '../contract/index.js'
import { serverErrors } from '../errors.js'
import { readBody } from './request.js'

/** Logins that are looked at or wait for it; each that is looked at takes 32 MB and a quarter of a second. */
const mostAtOnce = 40

export function sessionRoutes(access: Access): Hono {
  const { store, cookie, clock } = access
  const app = new Hono()
  const ofUsers = new FailureBrake({ clock, freeFailures: 5, mostMs: 30_000 })
  const ofAddresses = new FailureBrake({ clock, freeFailures: 20, mostMs: 900_000 })
  let now = 0

  /** The user whose password it is. @throws SERVER_TOO_MANY_LOGINS */
  const userOf = async (c: Context, name: string, password: string): Promise<UserWithPassword | undefined> => {
    const [user, address] = [name.toLowerCase(), access.peer(c)]
    const pauseMs = Math.max(ofUsers.pauseMs(user), ofAddresses.pauseMs(address), now >= mostAtOnce ? 1_000 : 0)
    if (pauseMs > 0) throw tooMany(pauseMs)
    ofUsers.begin(user)
    ofAddresses.begin(address)
    now++
    try {
      const found = isUserName(name) ? await store.findUser(name) : undefined
      const isRight = await isPassword(password, found?.passwordHash)
      if (!found || !isRight || found.isDisabled) {
        // Who mistakes the fields types a password as a name: only names of users are noted.
        await noteLogin(c, found?.name ?? '(unknown)', 401)
        return undefined
      }
      ofUsers.forget(user)
      ofAddresses.undo(address)
      return found
    } finally {
      now--
    }
  }
  const noteLogin = (c: Context, actor: string, outcome: number) =>
    access.note(c, { actor, via: 'session', action: 'login', what: c.req.path, outcome: String(outcome) })

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
    const user = await userOf(c, name, password)
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
    const user = await userOf(c, name, password)
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

const forgotten = 'Forgotten? An admin can set a new one, in the settings or with `millrace user set-password`.'

/** One answer, whatever was wrong. */
const loginFailed = () =>
  serverErrors.create('SERVER_LOGIN_FAILED', {
    message: 'The name or the password is wrong.',
    hint: forgotten,
  })

function tooMany(pauseMs: number) {
  const seconds = Math.ceil(pauseMs / 1000)
  return serverErrors.create('SERVER_TOO_MANY_LOGINS', {
    message: `Too many logins failed. Try again in ${seconds} second${seconds === 1 ? '' : 's'}.`,
    hint: forgotten,
    data: { retryAfter: seconds },
  })
}
