import type { Context } from 'hono'
import { hashSecret, isTokenSecret, type UserWithPassword } from '../../access/index.js'
import { type Access, type Actor, forgottenPassword } from '../access/index.js'
import { serverErrors } from '../errors.js'

const trustedMs = 5 * 60_000
const mostKnown = 200

/**
 * Who asks, also by name and password (basic authentication), which some clients send with every call: that they belong together is found
 * out once, which is slow on purpose, and holds for minutes unless the password is changed or the user disabled.
 */
export class BasicLogins {
  readonly #access: Access
  readonly #known = new Map<string, { readonly passwordHash: string; readonly atMs: number }>()

  constructor(access: Access) {
    this.#access = access
  }

  /** @throws SERVER_LOGIN_FAILED, SERVER_LOGIN_REQUIRED, SERVER_TOO_MANY_LOGINS */
  async recognise(c: Context): Promise<Actor | undefined> {
    const given = basicOf(c)
    if (given && isTokenSecret(given.password)) return this.#access.holderOf(given.password)
    // While there is no login nobody is asked for one, whatever they send.
    const actor = await this.#access.recognise(c)
    if (actor || !given) return actor
    const user = await this.#userOf(c, given.name, given.password)
    if (user) return { name: user.name, role: user.role, via: 'session', user: { id: user.id, name: user.name } }
    throw serverErrors.create('SERVER_LOGIN_FAILED', {
      message: 'The name or the password is wrong.',
      hint: forgottenPassword,
    })
  }

  async #userOf(c: Context, name: string, password: string): Promise<UserWithPassword | undefined> {
    const key = hashSecret(JSON.stringify([name, password]))
    const known = this.#known.get(key)
    const nowMs = this.#access.clock.monotonicMs()
    if (known && nowMs - known.atMs < trustedMs) {
      const user = await this.#access.store.findUser(name)
      if (user && !user.isDisabled && user.passwordHash === known.passwordHash) return user
    }
    this.#known.delete(key)
    const user = await this.#access.passwords.userOf(c, name, password)
    if (user) this.#known.set(key, { passwordHash: user.passwordHash, atMs: nowMs })
    const [oldest] = this.#known.keys()
    if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest)
    return user
  }
}

function basicOf(c: Context): { readonly name: string; readonly password: string } | undefined {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/=]+)\s*$/i.exec(c.req.header('authorization') ?? '') ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const end = text.indexOf(':')
  return end < 0 ? undefined : { name: text.slice(0, end), password: text.slice(end + 1) }
}
