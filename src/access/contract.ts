import type { Role } from './roles.js'

/** Somebody who may log in. Dates are ISO texts. */
export interface User {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly createdAt: string
  readonly isDisabled: boolean
}

export interface UserWithPassword extends User {
  readonly passwordHash: string
}

export interface UserChange {
  readonly role?: Role | undefined
  readonly passwordHash?: string | undefined
  readonly isDisabled?: boolean | undefined
}

/** A key for programs. What it opens is known to nobody but its holder: the store has a hash of it. */
export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly role: Role
  /** Who made it; absent when it was made on the command line. */
  readonly user?: string | undefined
  readonly createdAt: string
  readonly expiresAt?: string | undefined
  readonly lastUsedAt?: string | undefined
  readonly revokedAt?: string | undefined
}

export interface NewApiToken {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly secretHash: string
  readonly userId?: string | undefined
  readonly expiresAt?: Date | undefined
}

/** How somebody came: with a session of the page, a token, the command line, or while there was no login yet. */
export type Via = 'session' | 'token' | 'cli' | 'open'

export interface NewAuditEntry {
  readonly actor: string
  readonly via: Via
  /** What was done, as `POST /materialize` or `user create`. */
  readonly action: string
  /** To what: a path and short facts, never a secret and never a body. */
  readonly what: string
  /** The status of the answer, `200` or `403`; of a command `ok`. */
  readonly outcome: string
  readonly address?: string | undefined
}

export interface AuditEntry extends NewAuditEntry {
  readonly id: number
  readonly at: string
}

/** Whose secret it is. */
export interface SessionHolder {
  readonly user: User
  readonly expiresAt: Date
}

export interface TokenHolder {
  readonly token: ApiToken
  /** Who made it, as they are now; absent when it was made on the command line. */
  readonly user?: User | undefined
}

/** What users, sessions, tokens and the audit log need of a store. Names of users are compared without regard to case. */
export interface AccessStore {
  /** @param patienceMs how long to wait for a store that is away */
  hasUsers(options?: { readonly patienceMs?: number | undefined }): Promise<boolean>
  listUsers(): Promise<readonly User[]>
  findUser(name: string): Promise<UserWithPassword | undefined>
  /** The first one must be an admin. @throws USER_EXISTS, FIRST_USER_NO_ADMIN */
  createUser(user: { readonly name: string; readonly role: Role; readonly passwordHash: string }): Promise<User>
  /** Ends the sessions of the user. @throws USER_NOT_FOUND, LAST_ADMIN */
  changeUser(name: string, change: UserChange): Promise<User>
  /** Their sessions and tokens go too. @throws USER_NOT_FOUND, LAST_ADMIN while others are there */
  removeUser(name: string): Promise<void>

  createSession(session: {
    readonly secretHash: string
    readonly userId: string
    /** Of the password that was checked: where it was changed meanwhile, there is no session. */
    readonly passwordHash: string
    readonly expiresAt: Date
  }): Promise<boolean>
  /** Undefined for one that is over, and for one of a user who is disabled. */
  findSession(secretHash: string, now: Date): Promise<SessionHolder | undefined>
  prolongSession(secretHash: string, expiresAt: Date): Promise<void>
  endSession(secretHash: string): Promise<void>

  createToken(token: NewApiToken): Promise<ApiToken>
  /** Also those that are over, newest first. */
  listTokens(): Promise<readonly ApiToken[]>
  /** @returns whether there is one; revoking twice changes nothing */
  revokeToken(id: string, now: Date): Promise<boolean>
  /** Undefined for one that is over or revoked, and for one of a user who is disabled. Notes the use, at most once a minute. */
  findToken(secretHash: string, now: Date): Promise<TokenHolder | undefined>

  noteAudit(entry: NewAuditEntry): Promise<void>
  /** Newest first. */
  listAudit(query: { readonly before?: number | undefined; readonly limit: number }): Promise<readonly AuditEntry[]>
}
