import type { Context } from 'hono'
import {
  type AccessStore,
  hashSecret,
  isSessionSecret,
  isTokenSecret,
  lowerRole,
  type NewAuditEntry,
  visibleLine,
} from '../../access/index.js'
import type { Clock, Logger } from '../../base/index.js'
import { serverErrors } from '../errors.js'
import { type Address, hasProxy, isReachedByOthers } from '../request-guard.js'
import type { Actor } from './actor.js'
import { Passwords } from './passwords.js'
import { peerAddress } from './peer-address.js'
import { SessionCookie, sessionIdleMs } from './session-cookie.js'

export interface AccessOptions {
  readonly store: AccessStore
  readonly address: Address
  /** Its name. */
  readonly project: string
  readonly clock: Clock
  readonly logger: Logger
}

/** A session that is used is written down once a day: not with every call. */
const prolongEveryMs = 24 * 3600_000
const whileThereIsNoLogin: Actor = { name: 'anyone', role: 'admin', via: 'open' }
const longestFact = 300

/** Who calls, and what is noted of it. */
export class Access {
  readonly store: AccessStore
  readonly cookie: SessionCookie
  readonly clock: Clock
  readonly passwords: Passwords
  readonly #address: Address
  readonly #logger: Logger
  #hadUsers: boolean | undefined

  constructor({ store, address, project, clock, logger }: AccessOptions) {
    this.store = store
    this.clock = clock
    this.passwords = new Passwords(this)
    this.cookie = new SessionCookie(project, address.url)
    this.#address = address
    this.#logger = logger
  }

  /** Undefined for who may not be answered without a login. @throws SERVER_LOGIN_REQUIRED for a token that does not hold */
  async recognise(c: Context, options: { readonly patienceMs?: number } = {}): Promise<Actor | undefined> {
    const bearer = /^Bearer\s+(mr_\S*)\s*$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (bearer !== undefined) return this.holderOf(bearer)
    const session = await this.#session(c)
    if (session) return session
    this.#hadUsers = await this.store.hasUsers(options)
    return this.#openActor()
  }

  /** For what needs no login but tells more to who has one. A store that is away makes nobody a stranger on their own machine. */
  async recogniseIfPossible(c: Context): Promise<Actor | undefined> {
    try {
      return await this.recognise(c, { patienceMs: 500 })
    } catch {
      return this.#openActor()
    }
  }

  /** For streams that go on: a store that is away ends none. */
  async isStillKnown(c: Context): Promise<boolean> {
    try {
      return (await this.recognise(c)) !== undefined
    } catch (error) {
      return (error as { code?: string }).code !== 'SERVER_LOGIN_REQUIRED'
    }
  }

  /** Where the last user was removed while others reach the server, it is not open to them for that. */
  #openActor(): Actor | undefined {
    return this.#hadUsers === false && !isReachedByOthers(this.#address) ? whileThereIsNoLogin : undefined
  }

  /** Whose token it is. @throws SERVER_LOGIN_REQUIRED for one that does not hold */
  async holderOf(secret: string): Promise<Actor> {
    const found = isTokenSecret(secret) ? await this.store.findToken(hashSecret(secret), this.clock.now()) : undefined
    if (!found)
      throw serverErrors.create('SERVER_LOGIN_REQUIRED', {
        message: 'This token is none, or it is over or was revoked.',
        hint: 'An admin makes a new one on the Settings page, or with `millrace token create`.',
      })
    const { token, user } = found
    // Who lost a right lost it for the tokens too.
    const role = user ? lowerRole(token.role, user.role) : token.role
    return { name: `token ${token.name}`, role, via: 'token', user: user && { id: user.id, name: user.name } }
  }

  async #session(c: Context): Promise<Actor | undefined> {
    const secret = this.cookie.read(c)
    if (secret === undefined || !isSessionSecret(secret)) return undefined
    const secretHash = hashSecret(secret)
    const found = await this.store.findSession(secretHash, this.clock.now())
    if (!found) return undefined
    const { user, expiresAt } = found
    return { name: user.name, role: user.role, via: 'session', user, secretHash, sessionExpiresAt: expiresAt }
  }

  /** Fourteen days count from the last use. */
  async prolong(c: Context, { secretHash, sessionExpiresAt }: Actor): Promise<void> {
    const secret = this.cookie.read(c)
    if (secretHash === undefined || sessionExpiresAt === undefined || secret === undefined) return
    const expiresAt = new Date(this.clock.now().getTime() + sessionIdleMs)
    if (expiresAt.getTime() - sessionExpiresAt.getTime() < prolongEveryMs) return
    await this.store.prolongSession(secretHash, expiresAt)
    this.cookie.write(c, secret)
  }

  peer(c: Context): string {
    return peerAddress(c, hasProxy(this.#address))
  }

  /** What was done is done: that it could not be noted must not look as if it were not. */
  async note(c: Context, entry: Omit<NewAuditEntry, 'address'>): Promise<void> {
    const what = visibleLine(entry.what.slice(0, longestFact))
    await this.store
      .noteAudit({ ...entry, what, address: this.peer(c) })
      .catch((error: unknown) =>
        this.#logger.error('The audit log could not be written', { action: entry.action, error }),
      )
  }
}
