import type { Context } from 'hono'
import {
  type AccessStore,
  FailureBrake,
  isPassword,
  isUserName,
  type NewAuditEntry,
  type UserWithPassword,
} from '../../access/index.js'
import type { Clock } from '../../base/index.js'
import { serverErrors } from '../errors.js'

/** What it needs of who calls, and how that is noted. */
interface Door {
  readonly store: AccessStore
  readonly clock: Clock
  peer(c: Context): string
  note(c: Context, entry: Omit<NewAuditEntry, 'address'>): Promise<void>
}

/** Logins that are looked at or wait for it; each that is looked at takes 32 MB and a quarter of a second. */
const mostAtOnce = 40

/** Whose password it is. All ways in share the brakes. */
export class Passwords {
  readonly #door: Door
  readonly #ofUsers: FailureBrake
  readonly #ofAddresses: FailureBrake
  #now = 0

  constructor(door: Door) {
    const { clock } = door
    this.#door = door
    this.#ofUsers = new FailureBrake({ clock, freeFailures: 5, mostMs: 30_000 })
    this.#ofAddresses = new FailureBrake({ clock, freeFailures: 20, mostMs: 900_000 })
  }

  /** The user whose password it is. @throws SERVER_TOO_MANY_LOGINS */
  async userOf(c: Context, name: string, password: string): Promise<UserWithPassword | undefined> {
    const [user, address] = [name.toLowerCase(), this.#door.peer(c)]
    const [ofUsers, ofAddresses] = [this.#ofUsers, this.#ofAddresses]
    const isFull = this.#now >= mostAtOnce
    const pauseMs = Math.max(ofUsers.pauseMs(user), ofAddresses.pauseMs(address), isFull ? 1_000 : 0)
    if (pauseMs > 0) throw tooMany(pauseMs)
    ofUsers.begin(user)
    const takeBack = ofAddresses.begin(address)
    this.#now++
    try {
      const found = isUserName(name) ? await this.#door.store.findUser(name) : undefined
      const isRight = await isPassword(password, found?.passwordHash)
      if (!found || !isRight || found.isDisabled) {
        // Who mistakes the fields types a password as a name: only names of users are noted.
        await this.note(c, found?.name ?? '(unknown)', 401)
        return undefined
      }
      ofUsers.forget(user)
      takeBack()
      return found
    } finally {
      this.#now--
    }
  }

  /** For the audit log. */
  note(c: Context, actor: string, outcome: number): Promise<void> {
    return this.#door.note(c, { actor, via: 'session', action: 'login', what: c.req.path, outcome: String(outcome) })
  }
}

export const forgottenPassword =
  'Forgotten? An admin can set a new one, in the settings or with `millrace user set-password`.'

function tooMany(pauseMs: number) {
  const seconds = Math.ceil(pauseMs / 1000)
  return serverErrors.create('SERVER_TOO_MANY_LOGINS', {
    message: `Too many logins failed. Try again in ${seconds} second${seconds === 1 ? '' : 's'}.`,
    hint: forgottenPassword,
    data: { retryAfter: seconds },
  })
}
